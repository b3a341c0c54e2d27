package io.heatsink.benchmarks.startup;

import io.heatsink.benchmarks.load.Usage;
import io.heatsink.benchmarks.load.subject.Child;
import io.heatsink.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One start, measured. Immutable.
 *
 * @param pongMillis from the start of the process to the first PONG at a client
 * @param cpuMillis what the process had used by then, all threads
 * @param othersShare how much of this machine other processes used meanwhile, 0 to 1
 */
record Start(double pongMillis, double cpuMillis, double othersShare) {

  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 1;

  /** Starts the proxy before a backend, waits for its PONG and ends it. */
  static Start measure(Variant variant, int backendPort, Path log) {
    int port = RedisServer.freePort();
    List<String> command = new ArrayList<>(variant.command());
    command.addAll(List.of("serve", "--listen", "127.0.0.1:" + port));
    command.addAll(List.of("--admin", "127.0.0.1:0"));
    command.addAll(List.of("--backend", "redis://127.0.0.1:" + backendPort));
    double busy = Usage.machineSeconds();
    long from = System.nanoTime();
    try (Child proxy = Child.start(command, log)) {
      proxy.awaitRedis(port, DEADLINE, POLL_MILLIS);
      double wall = (System.nanoTime() - from) / 1e9;
      double cpu = Usage.seconds(proxy.pid());
      int processors = Runtime.getRuntime().availableProcessors();
      double others = (Usage.machineSeconds() - busy - cpu) / (wall * processors);
      return new Start(1e3 * wall, 1e3 * cpu, others > 0 ? others : 0);
    }
  }
}
