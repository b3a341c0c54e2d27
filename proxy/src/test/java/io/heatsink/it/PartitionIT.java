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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One node of a cluster cannot be reached from here, while the others reach it: nobody takes over.
 * It is known by the address of a wire, which nodes do not use among themselves.
 */
class PartitionIT {

  private static final Duration AWAY = Duration.ofSeconds(3);

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

  private static void pass(Duration time) {
    await().pollDelay(time).atMost(time.plusSeconds(20)).until(() -> true);
  }
}
