package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.Heatsink;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WAIT before a cluster: all nodes that a client has written to are asked. */
class WaitIT {

  private static final String SHORT = "300";
  private static final String LONG = "10000";

  private static RedisCluster cluster;
  private static Heatsink heatsink;

  /** Keys of the first and of another node, and the replica of that. */
  private static String here;

  private static String there;
  private static RedisServer replica;

  private RawClient client;

  @BeforeAll
  static void start() {
    cluster = RedisCluster.start(3, 1);
    heatsink = Heatsink.start(TestConfig.beforeCluster(cluster.ports()).build());
    try (RawClient first = RawClient.connect(heatsink.address())) {
      await().atMost(Duration.ofSeconds(15)).until(() -> first.call("DBSIZE").equals(":0\r\n"));
    }
    here = keyOf(cluster.nodes().get(0));
    there = keyOf(cluster.nodes().get(2));
    replica = cluster.replicaOf(cluster.nodes().get(2));
  }

  private static String keyOf(RedisServer node) {
    int i = 0;
    while (cluster.ownerOf("key:" + i) != node) {
      i++;
    }
    return "key:" + i;
  }

  @AfterAll
  static void stop() {
    heatsink.close();
    cluster.close();
  }

  @BeforeEach
  void connect() {
    client = RawClient.connect(heatsink.address());
  }

  @AfterEach
  void allConnectionsAreGivenBack() {
    client.close();
    await()
        .untilAsserted(
            () -> assertThat(AdminClient.metric(heatsink, "heatsink_backend_pinned")).isZero());
  }

  @Test
  void whatAllReplicasHaveIsTold() {
    for (int i = 0; i < 30; i++) {
      client.call("SET", "key:" + i, "v");
    }
    assertThat(client.call("WAIT", "1", LONG)).isEqualTo(":1\r\n");
    assertThat(client.call("WAIT", "x", "0")).startsWith("-ERR value is not an integer");
    assertThat(client.call("WAIT", "1")).startsWith("-ERR wrong number of arguments");
  }

  @Test
  void whoHasWrittenNothingIsAnsweredAtOnce() {
    assertThat(client.call("WAIT", "1", LONG)).isEqualTo(":1\r\n");
  }

  @Test
  void onlyNodesThatTheClientHasWrittenToCount() {
    replica.pause();
    try {
      assertThat(client.call("SET", here, "v")).isEqualTo("+OK\r\n");
      assertThat(client.call("GET", there)).startsWith("$");
      assertThat(client.call("WAIT", "1", LONG)).isEqualTo(":1\r\n");
      assertThat(client.call("MSET", here, "v", there, "v")).isEqualTo("+OK\r\n");
      assertThat(client.call("WAIT", "1", SHORT)).isEqualTo(":0\r\n");
    } finally {
      replica.resume();
    }
    assertThat(client.call("WAIT", "1", LONG)).isEqualTo(":1\r\n");
  }

  @Test
  void scriptsTransactionsAndPipelinesAreWritesToo() {
    replica.pause();
    try {
      client.call("EVAL", "return redis.call('INCR', KEYS[1])", "1", "{" + there + "}n");
      client.call("MULTI");
      client.call("SET", there, "v");
      assertThat(client.call("EXEC")).isEqualTo("*1\r\n+OK\r\n");
      List<String> replies =
          client
              .pipeline(
                  List.of(
                      RawClient.encode("SET", here, "a"),
                      RawClient.encode("WAIT", "1", SHORT),
                      RawClient.encode("GET", here)))
              .stream()
              .map(RawClient::printable)
              .toList();
      assertThat(replies).containsExactly("+OK\\r\\n", ":0\\r\\n", "$1\\r\\na\\r\\n");
    } finally {
      replica.resume();
    }
  }

  @Test
  void whatWasWrittenBeforeTheNodesWereKnownCounts() {
    replica.pause();
    try (Heatsink young = Heatsink.start(TestConfig.beforeCluster(cluster.ports()).build());
        RawClient early = RawClient.connect(young.address())) {
      assertThat(early.call("SET", there, "v")).isEqualTo("+OK\r\n");
      assertThat(early.call("WAIT", "1", SHORT)).isEqualTo(":0\r\n");
    } finally {
      replica.resume();
    }
  }

  @Test
  void whoLeavesWhileHeWaitsIsForgotten() {
    replica.pause();
    try {
      client.call("SET", there, "v");
      client.send("WAIT", "1", "0");
      await().until(() -> AdminClient.metric(heatsink, "heatsink_backend_pinned") > 0);
      client.close();
      await()
          .untilAsserted(
              () -> assertThat(AdminClient.metric(heatsink, "heatsink_backend_pinned")).isZero());
    } finally {
      replica.resume();
    }
  }

  @Test
  void whoWaitsCanBeUnblocked() {
    replica.pause();
    try (RawClient other = RawClient.connect(heatsink.address())) {
      String id = client.call("CLIENT", "ID").substring(1).trim();
      client.call("MSET", here, "v", there, "v");
      client.send("WAIT", "1", "0");
      await().until(() -> other.call("CLIENT", "UNBLOCK", id).equals(":1\r\n"));
      assertThat(client.readText()).isEqualTo(":0\r\n");
      client.send("WAIT", "1", "0");
      await().until(() -> other.call("CLIENT", "UNBLOCK", id, "ERROR").equals(":1\r\n"));
      assertThat(client.readText()).startsWith("-UNBLOCKED ");
      assertThat(other.call("CLIENT", "UNBLOCK", id)).isEqualTo(":0\r\n");
      assertThat(client.call("GET", there)).isEqualTo("$1\r\nv\r\n");
    } finally {
      replica.resume();
    }
  }

  /** Local and remote files, of each the least of all nodes. */
  @Test
  void waitaofIsOfAllNodesToo() {
    RedisServer node = cluster.nodes().get(0);
    assumeTrue(node.isAtLeast(7, 2), "WAITAOF came with Redis 7.2, this is " + node.version());
    cluster.nodes().forEach(each -> each.call("CONFIG", "SET", "appendonly", "yes"));
    client.call("MSET", here, "v", there, "v");
    assertThat(client.call("WAITAOF", "1", "1", LONG)).isEqualTo("*2\r\n:1\r\n:1\r\n");
    replica.pause();
    try (RawClient other = RawClient.connect(heatsink.address())) {
      client.call("MSET", here, "v", there, "v");
      assertThat(client.call("WAITAOF", "1", "1", SHORT)).isEqualTo("*2\r\n:1\r\n:0\r\n");
      other.call("SET", here, "v");
      assertThat(other.call("WAITAOF", "1", "1", LONG)).isEqualTo("*2\r\n:1\r\n:1\r\n");
    } finally {
      replica.resume();
    }
    cluster.ownerOf(there).call("CONFIG", "SET", "appendonly", "no");
    assertThat(client.call("WAITAOF", "1", "0", SHORT)).startsWith("-ERR WAITAOF cannot be used");
    assertThat(client.call("WAITAOF", "0", "1", SHORT)).startsWith("*2\r\n:0\r\n:");
  }

  @Test
  void aSubscriberMayWaitAsWell() {
    client.call("HELLO", "3");
    assertThat(client.call("SUBSCRIBE", "news")).startsWith(">3");
    replica.pause();
    try {
      assertThat(client.call("SET", there, "v")).isEqualTo("+OK\r\n");
      assertThat(client.call("WAIT", "1", SHORT)).isEqualTo(":0\r\n");
    } finally {
      replica.resume();
    }
    assertThat(client.call("WAIT", "1", LONG)).isEqualTo(":1\r\n");
  }
}
