package io.heatsink.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The picture of a real cluster follows what happens to it. */
class ClusterSourceIT {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final RedisCluster cluster = RedisCluster.start();

  @AfterEach
  void end() {
    cluster.close();
  }

  private Watch watch(RedisServer seed) {
    Watch watch = new Watch(Access.Kind.CLUSTER, null, List.of(seed.port()));
    watch.awaitPicture(SOON, Topology::isKnown);
    return watch;
  }

  private static Node owner(Topology topology, int slot) {
    return Objects.requireNonNull(topology.shard(slot)).primary();
  }

  @Test
  void isWholeFromOneSeed() {
    try (Watch watch = watch(cluster.nodes().get(5))) {
      Topology now = watch.now();
      assertThat(now.isCluster()).isTrue();
      assertThat(now.shards()).hasSize(3);
      assertThat(now.shards()).allSatisfy(shard -> assertThat(shard.replicas()).hasSize(1));
      for (int slot : new int[] {0, 5_460, 5_461, 10_922, 10_923, 16_383}) {
        RedisServer owner = cluster.ownerOf(slot);
        assertThat(now.shard(slot))
            .isEqualTo(new Shard(Watch.node(owner), List.of(Watch.node(cluster.replicaOf(owner)))));
      }
      await().atMost(SOON).until(() -> watch.control.health().isReachable());
      assertThat(watch.control.health().detail())
          .isEqualTo("backend answers PONG: cluster of 3 primaries, 3 replicas");
      await().atMost(SOON).until(() -> watch.hasLearned());
    }
  }

  @Test
  void followsSlotsThatMove() {
    try (Watch watch = watch(cluster.nodes().get(0))) {
      RedisServer from = cluster.ownerOf(0);
      RedisServer to = cluster.ownerOf(16_383);
      for (int slot = 0; slot < 20; slot++) {
        cluster.migrateSlot(slot, to);
        watch.control.topology().suspect("MOVED " + slot);
      }
      watch.awaitPicture(
          SOON,
          now ->
              owner(now, 0).equals(Watch.node(to))
                  && owner(now, 19).equals(Watch.node(to))
                  && owner(now, 20).equals(Watch.node(from)));
    }
  }

  @Test
  void followsAFailoverAndADeathAndForgetsWhoIsGone() {
    RedisServer seed = cluster.ownerOf(0);
    try (Watch watch = watch(seed)) {
      RedisServer second = cluster.failover(seed);
      watch.control.topology().suspect("MOVED");
      watch.awaitPicture(SOON, now -> owner(now, 0).equals(Watch.node(second)));
      cluster.awaitSettled();
      watch.awaitPicture(
          SOON,
          now -> Objects.requireNonNull(now.shard(0)).replicas().equals(List.of(Watch.node(seed))));

      second.stop();
      watch.control.topology().suspect("connection lost");
      watch.awaitPicture(SOON, now -> owner(now, 0).equals(Watch.node(seed)));
      watch.awaitPicture(SOON, now -> Objects.requireNonNull(now.shard(0)).replicas().isEmpty());
      assertThat(watch.pictures).allSatisfy(each -> assertThat(each.shards()).hasSize(3));
    }
  }

  @Test
  void outlivesItsSeedAndARollingRestart() {
    RedisServer seed = cluster.nodes().get(5);
    try (Watch watch = watch(seed)) {
      for (RedisServer node : cluster.nodes()) {
        if (cluster.primaries().contains(node)) {
          cluster.failover(node);
        }
        node.stop();
        node.restart();
        cluster.awaitSettled();
      }
      watch.awaitPicture(
          SOON,
          now ->
              owner(now, 0).equals(Watch.node(cluster.ownerOf(0)))
                  && owner(now, 16_383).equals(Watch.node(cluster.ownerOf(16_383)))
                  && now.shards().stream().allMatch(shard -> shard.replicas().size() == 1));
      seed.stop();
      RedisServer owner = cluster.ownerOf(0);
      RedisServer other = cluster.ownerOf(16_383);
      cluster.migrateSlot(0, other);
      watch.awaitPicture(SOON, now -> owner(now, 0).equals(Watch.node(other)));
      assertThat(owner).isNotSameAs(other);
      assertThat(watch.control.health().isReachable()).isTrue();
    }
  }

  @Test
  void aPausedPrimaryComesBackAsAReplica() {
    RedisServer old = cluster.ownerOf(0);
    RedisServer replica = cluster.replicaOf(old);
    try (Watch watch = watch(cluster.ownerOf(16_383))) {
      old.pause();
      watch.control.topology().suspect("no answer");
      watch.awaitPicture(SOON, now -> owner(now, 0).equals(Watch.node(replica)));
      old.resume();
      watch.awaitPicture(
          SOON, now -> Objects.requireNonNull(now.shard(0)).replicas().contains(Watch.node(old)));
      assertThat(owner(watch.now(), 0)).isEqualTo(Watch.node(replica));
    }
  }
}
