package io.heatsink.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pictures of where the data is. */
class TopologyTest {

  private static final Shard ONE = new Shard(new Node("h", 1), List.of(new Node("::1", 2)));
  private static final Shard TWO = new Shard(new Node("h", 3), List.of());

  @Test
  void oneShardHasEverySlot() {
    Topology topology = Topology.of(ONE);
    assertThat(topology.isKnown()).isTrue();
    assertThat(topology.isCluster()).isFalse();
    assertThat(topology.shard(0)).isEqualTo(ONE);
    assertThat(topology.shard(Topology.SLOTS - 1)).isEqualTo(ONE);
    assertThat(topology).hasToString("primary h:1, 1 replicas");
  }

  @Test
  void ofAClusterEachHasItsOwn() {
    short[] owners = new short[Topology.SLOTS];
    Arrays.fill(owners, 100, owners.length, (short) 1);
    owners[7] = -1;
    Topology topology = Topology.cluster(List.of(ONE, TWO), owners.clone());
    assertThat(topology.shard(99)).isEqualTo(ONE);
    assertThat(topology.shard(100)).isEqualTo(TWO);
    assertThat(topology.shard(7)).isNull();
    assertThat(topology)
        .isEqualTo(Topology.cluster(List.of(ONE, TWO), owners))
        .isNotEqualTo(Topology.of(ONE))
        .hasToString("cluster of 2 primaries, 1 replicas, 1 slots without an owner");
    assertThatThrownBy(() -> Topology.cluster(List.of(ONE), new short[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsUnknownHasNothing() {
    assertThat(Topology.unknown().isKnown()).isFalse();
    assertThat(Topology.unknown().shards()).isEmpty();
    assertThat(Topology.unknown().shard(0)).isNull();
    assertThat(Topology.unknown()).hasToString("not known yet");
  }

  @Test
  void nodesAreNamedAsTheyAreReached() {
    assertThat(new Node("::1", 2)).hasToString("[::1]:2");
    assertThat(new Node("/run/redis.sock", 0)).hasToString("/run/redis.sock");
  }
}
