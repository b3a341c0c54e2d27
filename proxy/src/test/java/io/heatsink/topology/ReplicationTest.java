package io.heatsink.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.topology.Replication.Standing;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplicationTest {

  private static final Node PRIMARY = new Node("a", 1);
  private static final Node REPLICA = new Node("b", 1);
  private static final long KEY = 7L << 40;
  private static final long OTHER = 8L << 40;

  private final Replication replication = new Replication();

  private boolean has(int round, long key) {
    return replication.has(new Standing(PRIMARY, round, 0, 0), key);
  }

  /** An offset that was asked for before the write ended says nothing of it. */
  @Test
  void aWriteIsThereWithTheRoundAfterItsOwn() {
    int round = replication.begin();
    assertThat(has(round, KEY)).isTrue();
    replication.ended(KEY);
    assertThat(has(round, KEY)).isFalse();
    assertThat(has(round, OTHER)).isTrue();
    int next = replication.begin();
    assertThat(has(round, KEY)).isFalse();
    assertThat(has(next, KEY)).isTrue();
  }

  @Test
  void whatMayHaveChangedAnyKeyConcernsAll() {
    replication.begin();
    int round = replication.begin();
    replication.everythingEnded();
    assertThat(has(round, KEY)).isFalse();
    assertThat(has(replication.begin(), KEY)).isTrue();
  }

  @Test
  void isAskedForAsLongAsSomebodyWishes() {
    int[] told = {0};
    replication.onWish(() -> told[0]++);
    replication.want(PRIMARY, 500, 0);
    replication.want(PRIMARY, 500, 1);
    assertThat(told[0]).isEqualTo(1);
    replication.want(PRIMARY, 100, 2);
    assertThat(told[0]).isEqualTo(2);
    assertThat(replication.leastLagNanos(1_000)).isEqualTo(100);
    assertThat(replication.wanted(3)).containsExactly(PRIMARY);
    assertThat(replication.wanted(6_000_000_000L)).isEmpty();
    assertThat(replication.leastLagNanos(1_000)).isEqualTo(1_000);
  }

  @Test
  void forgetsWhomNobodyReplicatesAnyMore() {
    replication.stands(REPLICA, new Standing(PRIMARY, 1, 0, 0));
    replication.keepOnly(Set.of(REPLICA));
    assertThat(replication.of(REPLICA)).isNotNull();
    replication.keepOnly(Set.of());
    assertThat(replication.of(REPLICA)).isNull();
  }
}
