package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlowWire;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One node of a cluster cannot be reached from here, while the others reach it: nobody takes over.
 * It is known by the address of a wire, which nodes do not use among themselves.
 */
class PartitionIT {

  private static final Duration AWAY = Duration.ofSeconds(3);
  private static final int PIPELINE = 50;
  private static final int CUTS = 20;

  private RedisCluster cluster;
  private SlowWire wire;
  private Heatsink heatsink;
  private Writers writers;

  @BeforeEach
  void start() {
    cluster = RedisCluster.start(3, 0);
    RedisServer node = cluster.ownerOf("list:0:0");
    wire = SlowWire.to(node.port());
    String port = Integer.toString(wire.port());
    assertThat(node.call("CONFIG", "SET", "cluster-announce-port", port)).isEqualTo("+OK\r\n");
    await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> cluster.nodes().stream().allMatch(other -> knows(other, port)));
    heatsink = Heatsink.start(TestConfig.beforeCluster(cluster.ports()).build());
    writers = new Writers(heatsink.address());
    try (RawClient client = RawClient.connect(heatsink.address())) {
      await().atMost(Duration.ofSeconds(15)).until(() -> client.call("DBSIZE").equals(":0\r\n"));
    }
  }

  private static boolean knows(RedisServer node, String port) {
    return node.call("CLUSTER", "NODES").contains(":" + port + "@");
  }

  @AfterEach
  void stop() {
    heatsink.close();
    wire.close();
    cluster.close();
  }

  @Test
  void silenceIsWaitedFor() {
    writers.during(
        () -> {
          wire.stalls(true);
          pass(AWAY);
          wire.stalls(false);
        });
    assertThat(writers.errors()).isEmpty();
    assertThat(writers.lost()).isZero();
    System.out.printf("no byte to or from a node for 3 s: %s%n", writers.figures());
  }

  /** Connections break, and new ones end before a node has said a word. */
  @Test
  void refusalIsWaitedFor() {
    writers.during(
        () -> {
          wire.refuses(true);
          wire.cut();
          pass(AWAY);
          wire.refuses(false);
        });
    assertThat(writers.errors()).allMatch(error -> error.contains("may have been run"));
    assertThat(writers.errors()).hasSizeLessThanOrEqualTo(Writers.WRITERS * Writers.PIPELINE);
    assertThat(writers.lost()).isZero();
    System.out.printf("connections to a node refused for 3 s: %s%n", writers.figures());
  }

  /** What only reads is asked again, and in its order: the number never goes back. */
  @Test
  void readsSurviveTheirConnections() {
    List<byte[]> reads = Collections.nCopies(PIPELINE, RawClient.encode("LLEN", "list:0:0"));
    byte[] write = RawClient.encode("RPUSH", "list:0:0", "one");
    int unsure = 0;
    try (RawClient client = RawClient.connect(heatsink.address())) {
      long least = 0;
      for (int i = 0; i < CUTS; i++) {
        reads.forEach(client::sendRaw);
        wire.cut();
        for (byte[] ignored : reads) {
          String reply = client.readText();
          assertThat(reply).startsWith(":");
          long length = Long.parseLong(reply.substring(1).trim());
          assertThat(length).isBetween(least, (long) i);
          least = length;
        }
        client.sendRaw(write);
        wire.cut();
        unsure += client.readText().startsWith(":") ? 0 : 1;
      }
      assertThat(client.call("LLEN", "list:0:0")).startsWith(":");
    }
    System.out.printf("%d cuts: no read told of any, %d writes%n", 2 * CUTS, unsure);
  }

  private static void pass(Duration time) {
    await().pollDelay(time).atMost(time.plusSeconds(20)).until(() -> true);
  }
}
