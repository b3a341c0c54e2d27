package io.heatsink.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.RedisReplicas;
import io.heatsink.testkit.RedisServer;
import io.heatsink.topology.Topology;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which of a fixed set of real servers is the primary. */
class ReplicasSourceIT {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final RedisReplicas set = RedisReplicas.start(2);

  @AfterEach
  void end() {
    set.close();
  }

  private Watch watch() {
    Watch watch = new Watch(Access.Kind.REPLICAS, null, set.ports());
    watch.awaitPicture(SOON, Topology::isKnown);
    return watch;
  }

  @Test
  void followsAPromotion() {
    try (Watch watch = watch()) {
      RedisServer first = set.primary();
      watch.awaitPrimary(SOON, first);
      watch.awaitPicture(SOON, now -> now.shards().get(0).replicas().size() == 2);
      set.promote(set.replicas().get(1));
      watch.awaitPrimary(SOON, set.primary());
      watch.awaitPicture(SOON, now -> now.shards().get(0).replicas().contains(Watch.node(first)));
    }
  }

  @Test
  void ofTwoPrimariesThePresentOneStaysUntilItIsDown() {
    try (Watch watch = watch()) {
      RedisServer first = set.primary();
      RedisServer rival = set.replicas().get(0);
      watch.awaitPicture(SOON, now -> now.shards().get(0).replicas().size() == 2);
      rival.call("REPLICAOF", "NO", "ONE");
      watch.awaitPicture(SOON, now -> now.shards().get(0).replicas().size() == 1);
      await()
          .during(Duration.ofSeconds(2))
          .atMost(SOON)
          .until(() -> Watch.node(first).equals(watch.primary()));
      first.stop();
      watch.awaitPrimary(SOON, rival);
      assertThat(watch.control.topology().current().isCluster()).isFalse();
    }
  }

  @Test
  void aPrimaryThatIsDownStaysWhereNobodyHasItsPlace() {
    try (Watch watch = watch()) {
      RedisServer first = set.primary();
      first.stop();
      await().atMost(SOON).until(() -> !watch.control.health().isReachable());
      assertThat(watch.primary()).isEqualTo(Watch.node(first));
      first.restart();
      await().atMost(SOON).until(() -> watch.control.health().isReachable());
      watch.awaitPicture(SOON, now -> now.shards().get(0).replicas().size() == 2);
    }
  }
}
