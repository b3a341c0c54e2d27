package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What readers without Heatsink see of split counters whose own keys are kept up to date. */
class SplitTotalsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String KEEPER = "heatsink:keeper";

  private RedisCluster cluster;
  private ServedProcess one;
  private ServedProcess two;

  @BeforeEach
  void start() throws IOException {
    cluster = RedisCluster.start(3, 0);
    one = serve();
    two = serve();
  }

  @AfterEach
  void stop() throws IOException {
    one.close();
    two.close();
    cluster.close();
  }

  private ServedProcess serve() throws IOException {
    String seeds =
        cluster.ports().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    return new ServedProcess(
        Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1"),
        "--listen",
        "127.0.0.1:0",
        "--lanes",
        "1",
        "--backend",
        "redis-cluster://" + seeds,
        "--counters-split",
        "[{pattern: \"k:*\", when: always, total-every: 200ms}, {pattern: \"c:*\", when: always}]");
  }

  private String atRedis(String key) {
    return cluster.ownerOf(key).call("GET", key);
  }

  private void count(ServedProcess by, String key, int times) {
    try (RawClient client = RawClient.connect(by.port())) {
      for (int i = 0; i < times; i++) {
        assertThat(client.call("INCR", key)).startsWith(":");
      }
    }
  }

  private String get(ServedProcess by, String key) {
    try (RawClient client = RawClient.connect(by.port())) {
      return client.call("GET", key);
    }
  }

  private void split(String key) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              try (RawClient client = RawClient.connect(one.port())) {
                client.call("INCRBY", key, "0");
              }
              String head = cluster.ownerOf(key).call("KEYS", "heatsink:head:{*}:" + key);
              return head.startsWith("*1") && "$1\r\ns\r\n".equals(field(head, "s"));
            });
  }

  private String field(String heads, String field) {
    String head = heads.split("\r\n", -1)[2];
    return cluster.ownerOf(head).call("HGET", head, field);
  }

  private String kept(String key) {
    return field(cluster.ownerOf(key).call("KEYS", "heatsink:head:{*}:" + key), "m");
  }

  private void awaitTotal(String key, int total) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(atRedis(key)).isEqualTo(bulk("" + total)));
  }

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  @Test
  void theOwnKeyHoldsTheTotalWhileTheCounterIsSplit() {
    split("k:1");
    split("c:1");
    count(one, "k:1", 30);
    count(two, "k:1", 70);
    count(one, "c:1", 30);
    awaitTotal("k:1", 100);
    assertThat(kept("k:1")).as("the head remembers what is in the base").isEqualTo(bulk("100"));
    assertThat(get(one, "k:1")).isEqualTo(bulk("100"));
    assertThat(get(two, "k:1")).isEqualTo(bulk("100"));
    assertThat(atRedis("c:1")).as("only where that is wanted").isEqualTo(bulk("0"));
    assertThat(cluster.ownerOf("k:1").call("INCRBY", "k:1", "5")).isEqualTo(":105\r\n");
    count(two, "k:1", 1);
    awaitTotal("k:1", 106);
    try (RawClient client = RawClient.connect(two.port())) {
      assertThat(client.call("DECRBY", "k:1", "200")).isEqualTo(":-94\r\n");
      awaitTotal("k:1", -94);
      assertThat(client.call("HEATSINK", "FOLD", "k:*")).contains(":1\r\n");
      assertThat(atRedis("k:1")).isEqualTo(bulk("-94"));
      assertThat(client.call("INCR", "k:1")).isEqualTo(":-93\r\n");
    }
  }

  /** Its total may be old then for a moment, and what was counted is there afterwards. */
  @Test
  void anotherOneKeepsItWhenTheOneIsKilled() throws Exception {
    split("k:1");
    count(one, "k:1", 10);
    count(two, "k:1", 10);
    awaitTotal("k:1", 20);
    String keeper = cluster.ownerOf(KEEPER).call("GET", KEEPER);
    assertThat(keeper).as("one of them has the lease").startsWith("$").isNotEqualTo("$-1\r\n");
    one.signal("KILL");
    count(two, "k:1", 10);
    awaitTotal("k:1", 30);
    one.close();
    one = serve();
    two.signal("KILL");
    count(one, "k:1", 10);
    awaitTotal("k:1", 40);
    String later = cluster.ownerOf(KEEPER).call("GET", KEEPER);
    assertThat(later).isNotEqualTo(keeper);
    assertThat(kept("k:1")).as("it was never folded").isEqualTo(bulk("40"));
    try (RawClient client = RawClient.connect(one.port())) {
      assertThat(client.call("HEATSINK", "FOLD", "k:*")).contains(":1\r\n");
    }
    assertThat(atRedis("k:1")).isEqualTo(bulk("40"));
  }

  /** Who writes the key without Heatsink changes what was counted before, and nothing since. */
  @Test
  void whatIsWrittenWithoutHeatsinkReplacesWhatWasKept() {
    split("k:1");
    count(one, "k:1", 20);
    awaitTotal("k:1", 20);
    assertThat(cluster.ownerOf("k:1").call("SET", "k:1", "1000")).isEqualTo("+OK\r\n");
    count(one, "k:1", 5);
    awaitTotal("k:1", 1005);
    assertThat(cluster.ownerOf("k:1").call("DEL", "k:1")).isEqualTo(":1\r\n");
    count(one, "k:1", 3);
    awaitTotal("k:1", 3);
    assertThat(cluster.ownerOf("k:1").call("SET", "k:1", "text")).isEqualTo("+OK\r\n");
    try (RawClient client = RawClient.connect(one.port())) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(client.call("GET", "k:1"))
                      .startsWith("-ERR Heatsink: counter 'k:1' is split, and something"));
      assertThat(client.call("SET", "k:1", "7")).isEqualTo("+OK\r\n");
      assertThat(client.call("INCR", "k:1")).isEqualTo(":8\r\n");
    }
  }
}
