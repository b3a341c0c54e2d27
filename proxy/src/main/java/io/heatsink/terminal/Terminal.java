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

  private final Thread restore = new Thread(() -> stty("sane"), "heatsink-terminal");

  private Terminal() {}

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
    Terminal terminal = new Terminal();
    stty("-icanon", "-echo", "min", "0", "time", "0");
    Runtime.getRuntime().addShutdownHook(terminal.restore);
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
    String command = "stty " + String.join(" ", words).toLowerCase(Locale.ROOT) + " </dev/tty";
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
    stty("sane");
    Runtime.getRuntime().removeShutdownHook(restore);
  }
}
