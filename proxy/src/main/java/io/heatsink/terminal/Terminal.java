package io.heatsink.terminal;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The terminal that a person sits at, told of each key at once while it is open. */
final class Terminal implements AutoCloseable {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int HEIGHT = 40;
  private static final int WIDTH = 120;

  /** Another screen, so that what was there before is there again afterwards; no cursor. */
  private static final String ENTER = "\\033[?1049h\\033[?25l";

  private static final String LEAVE = "\\033[?25h\\033[?1049l";

  private final String before;
  private final Thread restore = new Thread(this::restore, "heatsink-terminal");

  private Terminal(String before) {
    this.before = before;
  }

  /** Also when a signal ends the process: the terminal is what outlives it. */
  private void restore() {
    sh("stty " + before + " </dev/tty; printf '" + LEAVE + "' >/dev/tty");
  }

  /** Whether both input and output are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // both answers are looked at
  static boolean isThere() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From Java 22 on there is a console without a terminal too, and this to ask.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  static Terminal open() {
    String state = stty("-g").strip();
    Terminal terminal = new Terminal(state.matches("[0-9a-fA-F:]+") ? state : "sane");
    Runtime.getRuntime().addShutdownHook(terminal.restore);
    stty("-icanon", "-echo", "min", "0", "time", "0");
    sh("printf '" + ENTER + "' >/dev/tty");
    return terminal;
  }

  /** Lines of it. */
  int height() {
    return size(0, HEIGHT);
  }

  /** Columns of it. */
  int width() {
    return size(1, WIDTH);
  }

  private static int size(int index, int otherwise) {
    String[] size = stty("size").strip().split(" ", -1);
    return size.length == 2 && size[index].matches("[1-9]\\d{0,3}")
        ? Integer.parseInt(size[index])
        : otherwise;
  }

  /** Waits so long, unless q is pressed. Answers whether it was. */
  boolean quitsWithin(long millis) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() - end < 0) {
      while (System.in.available() > 0) {
        if (Character.toLowerCase((char) System.in.read()) == 'q') {
          return true;
        }
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return false;
  }

  private static String stty(String... words) {
    return sh("stty " + String.join(" ", words).toLowerCase(Locale.ROOT) + " </dev/tty");
  }

  private static String sh(String command) {
    try {
      Process process =
          new ProcessBuilder("sh", "-c", command)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      process.waitFor();
      return out;
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  @Override
  public void close() {
    restore();
    Runtime.getRuntime().removeShutdownHook(restore);
  }
}
