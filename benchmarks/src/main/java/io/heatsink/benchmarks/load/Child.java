package io.heatsink.benchmarks.load;

import io.heatsink.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A process of ours, which ends with this JVM if not before. For one thread. */
final class Child implements AutoCloseable {

  private static final long POLL_MILLIS = 20;
  private static final long STOP_SECONDS = 5;
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final Process process;
  private final String name;
  private final Path log;

  private Child(Process process, String name, Path log) {
    this.process = process;
    this.name = name;
    this.log = log;
  }

  /**
   * Starts a program whose output goes to {@code log}. Settings of Heatsink in this environment do
   * not reach it.
   */
  static Child start(List<String> command, Path log) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(variable -> variable.startsWith("HEATSINK_"));
    try {
      Process process =
          builder.redirectErrorStream(true).redirectOutput(Redirect.to(log.toFile())).start();
      RUNNING.add(process);
      return new Child(process, Path.of(command.get(0)).getFileName().toString(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Waits until it answers GET on this port. */
  Child awaitRedis(int port, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!answers(port)) {
      if (endsWithin(POLL_MILLIS) || System.nanoTime() > deadline) {
        String said = output();
        close();
        throw new IllegalStateException(name + " does not serve on port " + port + ":\n" + said);
      }
    }
    return this;
  }

  private static boolean answers(int port) {
    try (RawClient client = RawClient.connect(port).timeout(Duration.ofSeconds(1))) {
      // nutcracker does not know PING.
      return !client.call("GET", Load.HOT_KEY).startsWith("-");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** What it printed, once it has ended well. */
  String await(Duration timeout) {
    try {
      if (!endsWithin(timeout.toMillis())) {
        throw new IllegalStateException(name + " takes longer than " + timeout.toSeconds() + " s");
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            name + " failed with " + process.exitValue() + ":\n" + output());
      }
      return output();
    } finally {
      close();
    }
  }

  private boolean endsWithin(long millis) {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " runs", e);
    }
  }

  private String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no output: " + e;
    }
  }

  /** Asks it to end, and ends it if it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    RUNNING.remove(process);
  }
}
