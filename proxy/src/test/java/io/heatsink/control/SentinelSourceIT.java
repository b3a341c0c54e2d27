package io.heatsink.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.RedisSentinels;
import io.heatsink.testkit.RedisServer;
import io.heatsink.topology.Node;
import io.heatsink.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The primary that real sentinels agree on is known within a second. */
class SentinelSourceIT {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration A_SECOND = Duration.ofSeconds(1);

  private final RedisSentinels sentinels = RedisSentinels.start();

  @AfterEach
  void end() {
    sentinels.close();
  }

  private Watch watch() {
    Watch watch = new Watch(Access.Kind.SENTINEL, RedisSentinels.NAME, sentinels.ports());
    watch.awaitPicture(SOON, Topology::isKnown);
    return watch;
  }

  @Test
  void followsASwitchWithinASecond() {
    try (Watch watch = watch()) {
      RedisServer first = sentinels.primary();
      assertThat(watch.primary()).isEqualTo(Watch.node(first));
      watch.awaitPicture(SOON, now -> now.shards().get(0).replicas().size() == 2);
      RedisServer second = sentinels.failover();
      watch.awaitPrimary(A_SECOND, second);
      RedisServer third = sentinels.killPrimary();
      watch.awaitPrimary(A_SECOND, third);
      watch.awaitPicture(
          Duration.ofSeconds(20),
          now -> !now.shards().get(0).replicas().contains(Watch.node(second)));
      // The first may be made the primary again: only neighbours that are the same are one.
      List<Node> primaries = new ArrayList<>();
      for (Topology each : watch.pictures) {
        Node primary = each.shards().get(0).primary();
        if (primaries.isEmpty() || !primaries.get(primaries.size() - 1).equals(primary)) {
          primaries.add(primary);
        }
      }
      assertThat(primaries)
          .containsExactly(Watch.node(first), Watch.node(second), Watch.node(third));
    }
  }

  @Test
  void aSentinelThatSleptThroughASwitchIsNotFollowed() {
    try (Watch watch = watch()) {
      RedisServer sleeper = sentinels.sentinels().get(2);
      sleeper.pause();
      RedisServer second = failoverWithout(sleeper);
      watch.awaitPrimary(SOON, second);
      for (RedisServer other : sentinels.sentinels().subList(0, 2)) {
        other.stop();
      }
      int before = watch.pictures.size();
      sleeper.resume();
      watch.control.topology().suspect("a sentinel is back");
      // It hears from nobody now, and looks for two seconds are enough to see what it says.
      await()
          .during(Duration.ofSeconds(2))
          .atMost(SOON)
          .until(() -> Watch.node(second).equals(watch.primary()));
      assertThat(watch.pictures.subList(before, watch.pictures.size()))
          .allSatisfy(
              each -> assertThat(each.shards().get(0).primary()).isEqualTo(Watch.node(second)));
    }
  }

  private RedisServer failoverWithout(RedisServer sleeper) {
    RedisServer before = sentinels.primary(sentinels.sentinels().get(0));
    assertThat(sentinels.sentinels().get(2)).isSameAs(sleeper);
    return sentinels.failover(before, sentinels.sentinels().subList(0, 2));
  }
}
