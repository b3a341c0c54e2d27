package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Slots move and primaries change while clients write: each client appends numbers to lists of its
 * own, in pipelines, and what the lists hold in the end tells what was lost, doubled or overtaken.
 */
class ClusterFaultsIT {

  private RedisCluster cluster;
  private Heatsink heatsink;
  private Writers writers;

  @BeforeEach
  void start() {
    cluster = RedisCluster.start();
    heatsink = Heatsink.start(TestConfig.beforeCluster(cluster.ports()).build());
    writers = new Writers(heatsink.address());
    try (RawClient client = RawClient.connect(heatsink.address())) {
      await().atMost(Duration.ofSeconds(15)).until(() -> client.call("DBSIZE").equals(":0\r\n"));
    }
  }

  @AfterEach
  void stop() {
    heatsink.close();
    cluster.close();
  }

  @Test
  void slotsMoveUnderLoadAndNobodyNotices() {
    writers.during(
        () -> {
          for (int round = 0; round < 2; round++) {
            for (int writer = 0; writer < Writers.WRITERS; writer++) {
              for (int list = 0; list < Writers.LISTS; list++) {
                move(cluster.slotOf("list:" + writer + ":" + list));
              }
            }
          }
        });
    assertThat(writers.errors()).isEmpty();
    assertThat(writers.lost()).isZero();
  }

  private void move(int slot) {
    List<RedisServer> primaries = cluster.primaries();
    int owner = primaries.indexOf(cluster.ownerOf(slot));
    cluster.migrateSlot(slot, primaries.get((owner + 1) % primaries.size()));
  }

  @Test
  void aPrimaryThatGivesWayIsFollowed() {
    writers.during(() -> cluster.failover(cluster.ownerOf("list:0:0")));
    assertThat(writers.errors()).allMatch(error -> error.contains("may have been run"));
    assertThat(writers.lost()).isZero();
  }

  /**
   * What it acknowledged and had not passed on is lost by Redis itself: replicas are not awaited.
   */
  @Test
  void aPrimaryThatIsKilledIsReplaced() {
    writers.during(() -> cluster.killPrimary(cluster.ownerOf("list:0:0")));
    assertThat(writers.errors()).allMatch(error -> error.contains("may have been run"));
    long lost = writers.lost();
    assertThat(lost).isLessThan(Writers.WRITERS * Writers.PIPELINE);
    System.out.printf(
        "a primary killed: %d acknowledged, %d of them lost, %d with an error%n",
        writers.acknowledged(), lost, writers.errors().size());
  }

  @Test
  void nodesAreRestartedOneAfterTheOther() {
    writers.during(
        () -> {
          for (RedisServer node : cluster.primaries()) {
            cluster.failover(node);
            cluster.awaitSettled();
            node.restart();
            cluster.awaitSettled();
          }
        });
    assertThat(writers.errors()).allMatch(error -> error.contains("may have been run"));
    assertThat(writers.lost()).isZero();
  }
}
