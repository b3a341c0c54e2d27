package io.heatsink.it;

import io.heatsink.Main;
import io.heatsink.testkit.RawClient;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code heatsink serve} in a JVM of its own, as an operator starts, signals and reads it. */
final class ServedProcess implements AutoCloseable {

  /** It has ended before it said what was waited for. */
  static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1;

    Ended(String message) {
      super(message);
    }
  }

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long LOOK_NANOS = 5_000_000;
  private static final long TELL_NANOS = 1_000_000_000;
  private static final Pattern LISTEN = Pattern.compile("\"?listen\"?[=:]\"[^\"]*:(\\d+)\"");
  private static final Pattern ADMIN = Pattern.compile("\"?admin\"?[=:]\"[^\"]*:(\\d+)\"");

  private final Path log = Files.createTempFile("heatsink-it-", ".log");
  private final Process process;

  ServedProcess(Map<String, String> environment, String... options) throws IOException {
    // Whoever started this JVM may have it ignore SIGHUP, as nohup does; its children would too.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP"));
    command.addAll(List.of(JAVA.toString(), "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", productClassPath(), Main.class.getName()));
    command.addAll(List.of("serve", "--admin", "127.0.0.1:0"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(log.toFile());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD).environment().putAll(environment);
    process = builder.start();
    try {
      awaitLog(LISTEN);
    } catch (Ended | AssertionError e) {
      close();
      throw e;
    }
  }

  /** Without what is there for tests only, such as how they log. */
  private static String productClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !entry.endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** What it has logged so far. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a line, and answers its first group. */
  String awaitLog(Pattern wanted) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      boolean isAlive = process.isAlive();
      Matcher found = wanted.matcher(log());
      if (found.find()) {
        return found.group(found.groupCount());
      } else if (!isAlive) {
        throw new Ended("ended with " + process.exitValue() + ", without " + wanted + ": " + log());
      } else if (System.nanoTime() - until > 0) {
        throw new AssertionError("no " + wanted + " in " + PATIENCE + ": " + logAndThreads());
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** What it has logged, and what its threads are at, which a JVM tells who asks by a signal. */
  private String logAndThreads() {
    try {
      signal("QUIT");
      LockSupport.parkNanos(TELL_NANOS);
      return log();
    } catch (IOException e) {
      return e + ": " + log();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return log();
    }
  }

  int port() {
    return Integer.parseInt(awaitLog(LISTEN));
  }

  int adminPort() {
    return Integer.parseInt(awaitLog(ADMIN));
  }

  boolean isAlive() {
    return process.isAlive();
  }

  RawClient client() {
    return RawClient.connect(port());
  }

  long pid() {
    return process.pid();
  }

  void signal(String name) throws IOException, InterruptedException {
    String[] command = {"kill", "-" + name, Long.toString(process.pid())};
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  /** Its exit code. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + log());
    }
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    Files.deleteIfExists(log);
  }
}
