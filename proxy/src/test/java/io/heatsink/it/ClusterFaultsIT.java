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

  /** More of them, by hand: {@code -Dheatsink.moves=1000}. */
  private static final int MOVES = Integer.getInteger("heatsink.moves", 80);

  private static final long PAUSE_MILLIS = 5_000;

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
          for (int i = 0; i < MOVES; i++) {
            int writer = i / Writers.LISTS % Writers.WRITERS;
            move(cluster.slotOf("list:" + writer + ":" + i % Writers.LISTS));
          }
        });
    assertThat(writers.errors()).isEmpty();
    assertThat(writers.lost()).isZero();
    System.out.printf("%d moves of slots: %s%n", MOVES, writers.figures());
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
    System.out.printf("a failover in agreement: %s%n", writers.figures());
  }

  /**
   * What it acknowledged and had not passed on is lost by Redis itself: replicas are not awaited.
   */
  @Test
  void aPrimaryThatIsKilledIsReplaced() {
    writers.during(() -> cluster.killPrimary(cluster.ownerOf("list:0:0")));
    assertThat(writers.errors()).allMatch(error -> error.contains("may have been run"));
    assertThat(writers.lost()).isLessThan(Writers.WRITERS * Writers.PIPELINE);
    System.out.printf("a primary killed: %s%n", writers.figures());
  }

  /** Its replica takes over meanwhile; what it had not passed on when it stopped is lost. */
  @Test
  void aPrimaryThatSleepsIsReplaced() {
    writers.during(
        () -> {
          RedisServer primary = cluster.ownerOf("list:0:0");
          primary.pause();
          try {
            await()
                .pollDelay(Duration.ofMillis(PAUSE_MILLIS))
                .atMost(Duration.ofSeconds(30))
                .until(() -> true);
          } finally {
            primary.resume();
          }
          cluster.awaitSettled();
        });
    assertThat(writers.errors()).allMatch(error -> error.contains("may have been run"));
    assertThat(writers.lost()).isLessThan(Writers.WRITERS * Writers.PIPELINE);
    System.out.printf("a primary paused for 5 s: %s%n", writers.figures());
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
    System.out.printf("all restarted: %s%n", writers.figures());
  }
}
