package io.heatsink.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The kit's clusters, sentinels and replicas do what tests will ask of them. */
class TopologiesTest {

  @Test
  void aClusterMovesSlotsAndFailsOver() {
    try (RedisCluster cluster = RedisCluster.start()) {
      int slot = cluster.slotOf("a");
      RedisServer owner = cluster.ownerOf("a");
      RedisServer other =
          cluster.primaries().stream().filter(node -> node != owner).findFirst().orElseThrow();
      owner.call("SET", "a", "1");
      owner.call("SET", "{a}b", "2");
      SlotMigration migration = cluster.beginMigration(slot, other);
      assertThat(migration.moveKeys(1)).isEqualTo(1);
      assertThat(owner.call("MGET", "a", "{a}b")).containsAnyOf("-ASK ", "-TRYAGAIN ");
      assertThat(owner.call("GET", "{a}c")).startsWith("-ASK " + slot);
      assertThat(migration.moveKeys(10)).isEqualTo(1);
      migration.finish();
      assertThat(cluster.ownerOf(slot)).isSameAs(other);
      assertThat(other.call("MGET", "a", "{a}b")).isEqualTo("*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
      assertThat(owner.call("GET", "a")).startsWith("-MOVED " + slot);

      RedisServer replica = cluster.failover(other);
      // The one that gave way may say for a moment that it still has it.
      await().untilAsserted(() -> assertThat(cluster.ownerOf(slot)).isSameAs(replica));
      cluster.awaitSettled();
      assertThat(cluster.killPrimary(replica)).isSameAs(other);
      replica.restart();
      cluster.awaitSettled();
      assertThat(cluster.primaries()).hasSize(3).contains(other);
    }
  }

  @Test
  void sentinelsFailOver() {
    try (RedisSentinels sentinels = RedisSentinels.start()) {
      RedisServer first = sentinels.primary();
      RedisServer second = sentinels.failover();
      assertThat(second).isNotSameAs(first);
      RedisServer third = sentinels.killPrimary();
      assertThat(third).isNotSameAs(second);
      assertThat(third.call("ROLE")).contains("master");
    }
  }

  @Test
  void replicasArePromoted() {
    try (RedisReplicas set = RedisReplicas.start(2)) {
      set.primary().call("SET", "a", "1");
      RedisServer next = set.replicas().get(0);
      await().until(() -> next.call("GET", "a").equals("$1\r\n1\r\n"));
      set.promote(next);
      assertThat(set.primary()).isSameAs(next);
      assertThat(next.call("GET", "a")).isEqualTo("$1\r\n1\r\n");
      assertThat(set.ports()).isEqualTo(List.copyOf(set.ports())).hasSize(3);
    }
  }
}
