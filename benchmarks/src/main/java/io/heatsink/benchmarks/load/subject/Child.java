package io.heatsink.benchmarks.load.subject;

import io.heatsink.testkit.RawClient;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A process of ours, which ends with this JVM if not before. For one thread. */
public final class Child implements AutoCloseable {

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
  public static Child start(List<String> command, Path log) {
    File file = log.toFile();
    return start(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(file), command, log);
  }

  /** As {@link #start}, for a program that is talked to: only its errors go to {@code log}. */
  public static Child converse(List<String> command, Path log) {
    return start(new ProcessBuilder(command).redirectError(log.toFile()), command, log);
  }

  private static Child start(ProcessBuilder builder, List<String> command, Path log) {
    builder.environment().keySet().removeIf(variable -> variable.startsWith("HEATSINK_"));
    try {
      Process process = builder.start();
      RUNNING.add(process);
      return new Child(process, Path.of(command.get(0)).getFileName().toString(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process. */
  public long pid() {
    return process.pid();
  }

  /** Waits until it answers PING on this port. */
  public Child awaitRedis(int port, Duration timeout) {
    return awaitRedis(port, timeout, POLL_MILLIS);
  }

  /** Waits until it answers PING on this port, and asks again after so many milliseconds. */
  public Child awaitRedis(int port, Duration timeout, long pollMillis) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!answers(port)) {
      if (endsWithin(pollMillis) || System.nanoTime() > deadline) {
        String said = output();
        close();
        throw new IllegalStateException(name + " does not serve on port " + port + ":\n" + said);
      }
    }
    return this;
  }

  private static boolean answers(int port) {
    try (RawClient client = RawClient.connect(port).timeout(Duration.ofSeconds(1))) {
      return client.call("PING").equals("+PONG\r\n");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Says a line to a program that is talked to. */
  public void say(String line) {
    try {
      BufferedWriter writer = process.outputWriter(StandardCharsets.UTF_8);
      writer.write(line + "\n");
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next line of a program that is talked to. */
  public String hear(Duration timeout) {
    CompletableFuture<String> line = CompletableFuture.supplyAsync(this::readLine);
    try {
      return line.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " runs", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(name + " says nothing:\n" + output(), e);
    }
  }

  private String readLine() {
    try {
      String line = process.inputReader(StandardCharsets.UTF_8).readLine();
      if (line == null) {
        throw new IllegalStateException(name + " has ended");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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

  /** Asks it to end, and does not wait. */
  void stop() {
    process.destroy();
  }

  /** Asks it to end, and ends it if it does not. */
  @Override
  public void close() {
    stop();
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
