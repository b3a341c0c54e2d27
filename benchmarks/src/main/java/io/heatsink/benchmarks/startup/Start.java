package io.heatsink.benchmarks.startup;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One start, measured. Immutable.
 *
 * @param pongMillis from the start of the process to the first PONG at a client
 * @param cpuMillis what the process had used by then, all threads
 * @param othersShare how much of this machine other processes used meanwhile, 0 to 1
 */
record Start(double pongMillis, double cpuMillis, double othersShare) {

  private static final long DEADLINE_SECONDS = 60;
  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;
  private static final int STEAL = 8;

  /** Starts the proxy before a backend, waits for its PONG and ends it. */
  static Start measure(Variant variant, int backendPort, Path log)
      throws IOException, InterruptedException {
    int port = RedisServer.freePort();
    List<String> command = new ArrayList<>(variant.command());
    command.addAll(List.of("serve", "--listen", "127.0.0.1:" + port));
    command.addAll(List.of("--admin", "127.0.0.1:0"));
    command.addAll(List.of("--backend", "redis://127.0.0.1:" + backendPort));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("HEATSINK_"));
    double busy = busyMillis();
    long from = System.nanoTime();
    Process process = builder.start();
    try {
      awaitPong(process, port, log);
      double wall = (System.nanoTime() - from) / 1e6;
      double cpu =
          process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L).doubleValue();
      int processors = Runtime.getRuntime().availableProcessors();
      double others = (busyMillis() - busy - cpu) / (wall * processors);
      return new Start(wall, cpu, Math.max(0, others));
    } finally {
      process.destroy();
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private static void awaitPong(Process process, int port, Path log)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!answers(port)) {
      if (process.waitFor(1, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        throw new IOException("the proxy does not serve:\n" + Files.readString(log));
      }
    }
  }

  private static boolean answers(int port) {
    try (RawClient client = RawClient.connect(port)) {
      return client.call("PING").startsWith("+PONG");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** CPU of the whole machine since it started; 0 where the system does not tell. */
  private static double busyMillis() throws IOException {
    Path file = Path.of("/proc/stat");
    if (!Files.isReadable(file)) {
      return 0;
    }
    String[] fields = Files.readAllLines(file).get(0).split(" +", -1);
    double ticks = 0;
    for (int i = 1; i <= STEAL && i < fields.length; i++) {
      ticks += i == IDLE || i == IO_WAIT ? 0 : Double.parseDouble(fields[i]);
    }
    return ticks * 10;
  }
}
