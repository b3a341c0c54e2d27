package io.heatsink.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.Heatsink;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * One counter that everybody counts on, before a cluster: how evenly it loads the nodes, and with
 * {@code -Dheatsink.figures=true} what it costs, for docs/counters.md.
 */
class HotCounterIT {

  private static final int CLIENTS = 50;
  private static final String KEY = "c:hot";

  @Test
  void aSplitCounterLoadsAllNodesAlike() {
    try (RedisCluster cluster = RedisCluster.start(3, 0);
        Heatsink heatsink =
            Heatsink.start(TestConfig.beforeCluster(cluster.ports()).split("c:*", 10).build())) {
      count(heatsink, 200);
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> cluster.ownerOf(KEY).call("KEYS", "heatsink:head:*").startsWith("*1"));
      count(heatsink, 200);
      cluster.nodes().forEach(RedisServer::resetStats);
      count(heatsink, 30_000);
      List<Long> loads = cluster.nodes().stream().map(node -> node.calls("evalsha")).toList();
      double mean = loads.stream().mapToLong(Long::longValue).average().orElseThrow();
      assertThat(Collections.max(loads) / mean).as("of %s", loads).isLessThanOrEqualTo(1.25);
    }
  }

  /** So many increments by fifty clients at once. */
  private static void count(Heatsink heatsink, int times) {
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(RawClient.connect(heatsink.address()));
      }
      for (int i = 0; i < times / CLIENTS; i++) {
        clients.forEach(client -> client.send("INCR", KEY));
        clients.forEach(client -> assertThat(client.readText()).startsWith(":"));
      }
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void figures() throws Exception {
    assumeTrue(Boolean.getBoolean("heatsink.figures"));
    for (int pipeline : only("pipeline", 1, 16)) {
      for (int primaries : only("primaries", 1, 2, 3)) {
        try (RedisCluster cluster = RedisCluster.start(primaries, 0)) {
          if (primaries == 1) {
            measure("direct", cluster, cluster.ownerOf(KEY).port(), pipeline);
            try (ServedProcess combined = serve(cluster, "--counters-split", "[]")) {
              measure("combined", cluster, combined.port(), pipeline);
            }
          }
          String replies = System.getProperty("heatsink.figures.replies", "approximate,ok,exact");
          for (String reply : replies.split(",", -1)) {
            String split = "[{pattern: \"c:*\", when: always, reply: " + reply + "}]";
            try (ServedProcess served = serve(cluster, "--counters-split", split)) {
              measure("split, " + reply, cluster, served.port(), pipeline);
            }
          }
        }
      }
    }
  }

  /** These, or the one that {@code -Dheatsink.figures.<name>} says. */
  private static int[] only(String name, int... all) {
    Integer one = Integer.getInteger("heatsink.figures." + name);
    return one == null ? all : new int[] {one};
  }

  private static ServedProcess serve(RedisCluster cluster, String... options) throws IOException {
    String seeds =
        cluster.ports().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    List<String> all = new ArrayList<>(List.of("--listen", "127.0.0.1:0", "--lanes", "1"));
    all.addAll(List.of("--backend", "redis-cluster://" + seeds));
    all.addAll(List.of(options));
    return new ServedProcess(Map.of(), all.toArray(String[]::new));
  }

  private static void measure(String what, RedisCluster cluster, int port, int pipeline)
      throws Exception {
    int times = pipeline == 1 ? 200_000 : 1_000_000;
    // The JVM has compiled what matters after so many.
    benchmark(port, pipeline, 2 * times);
    cluster.nodes().forEach(RedisServer::resetStats);
    double before = cpuSeconds(cluster);
    double perSecond = benchmark(port, pipeline, times);
    double seconds = cpuSeconds(cluster) - before;
    long commands = 0;
    long busiest = 0;
    for (RedisServer node : cluster.nodes()) {
      Map<String, Long> calls = node.commandCalls();
      boolean isPlain = calls.getOrDefault("evalsha", 0L) == 0;
      long own =
          calls.getOrDefault("evalsha", 0L)
              + calls.getOrDefault("eval", 0L)
              + (isPlain ? calls.getOrDefault("incr", 0L) + calls.getOrDefault("incrby", 0L) : 0);
      commands += own;
      busiest = Math.max(busiest, own);
    }
    System.out.printf(
        "| %s | %d | P=%d | %.0f/s | %.4f scripts or increments each | busiest/mean %.2f |"
            + " %.2f CPU s a million |%n",
        what,
        cluster.nodes().size(),
        pipeline,
        perSecond,
        commands / (double) times,
        busiest * cluster.nodes().size() / (double) Math.max(1, commands),
        seconds * 1e6 / times);
  }

  private static double benchmark(int port, int pipeline, int times) throws Exception {
    Process process =
        new ProcessBuilder(
                "redis-benchmark",
                "-p",
                "" + port,
                "-c",
                "" + CLIENTS,
                "-P",
                "" + pipeline,
                "-n",
                "" + times,
                "-q",
                "--csv",
                "INCR",
                KEY)
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), US_ASCII);
    assertThat(process.waitFor()).as(out).isZero();
    String[] fields = out.lines().reduce((first, second) -> second).orElseThrow().split(",", -1);
    return Double.parseDouble(fields[1].replace("\"", ""));
  }

  private static double cpuSeconds(RedisCluster cluster) throws IOException {
    double seconds = 0;
    for (RedisServer node : cluster.nodes()) {
      String stat = Files.readString(Path.of("/proc/" + node.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      seconds += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }
    return seconds;
  }
}
