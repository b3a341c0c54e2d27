package io.heatsink.counter;

import static io.heatsink.fake.Latin.bytes;
import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.cache.WriteGuard;
import io.heatsink.counter.shard.Shape;
import io.heatsink.fake.Latin;
import io.heatsink.metrics.LaneStats;
import io.heatsink.topology.Slots;
import io.heatsink.topology.Topology;
import io.netty.buffer.Unpooled;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which counters are split, what their shards are called, and where those lie. */
class SplitCountersTest {

  private final SplitPolicy policy = new SplitPolicy("n:*", 4, "{key}:{shard}");

  @Test
  void shardNames() {
    assertThat(Latin.text(policy.shard(bytes("n:\u00ff"), 3))).isEqualTo("n:\u00ff:3");
    SplitPolicy tagged = new SplitPolicy("*", 2, "{{key}}#{shard}/{x");
    assertThat(Latin.text(tagged.shard(bytes("{key}"), 1))).isEqualTo("{{key}}#1/{x");
    SplitPolicy usual = new SplitPolicy("*", 10, Shape.DEFAULT_NAME);
    // Part of what sidecars agree on without a word: never another.
    assertThat(Latin.text(usual.shard(bytes("tweet:1:likes"), 7)))
        .isEqualTo("heatsink:{41160}:tweet:1:likes:7");
  }

  @Test
  void onlyWhatThePatternNamesIsSplit() {
    WriteGuard guard = new WriteGuard();
    SplitCounters splits = new SplitCounters(List.of(policy), new LaneStats(), guard);
    assertThat(splits.of(request("GET", "n:1"), 1)).isSameAs(policy);
    assertThat(splits.of(request("GET", "m:1"), 1)).isNull();
    assertThat(splits.isEmpty()).isFalse();
    assertThat(new SplitCounters(List.of(), new LaneStats(), guard).isEmpty()).isTrue();
  }

  @Test
  void shardsLieEvenlyWhateverRangesNodesHave() {
    Set<Integer> slots = new HashSet<>();
    for (int nodes : new int[] {2, 3, 4, 6, 9}) {
      for (int shards : new int[] {nodes, 10, 64}) {
        SplitPolicy usual = new SplitPolicy("*", shards, Shape.DEFAULT_NAME);
        for (int i = 0; i < 200; i++) {
          int[] held = new int[nodes];
          for (int shard = 0; shard < shards; shard++) {
            int slot = slot(usual.shard(bytes("{user:" + i + "}:likes"), shard));
            slots.add(slot);
            held[slot * nodes / Topology.SLOTS]++;
          }
          for (int each : held) {
            assertThat(each).isBetween(shards / nodes - 1, (shards + nodes - 1) / nodes + 1);
          }
        }
      }
    }
    assertThat(slots).as("slots in use, all counters together").hasSizeLessThanOrEqualTo(256);
  }

  @Test
  void tenShardsOnThreeNodesAreThreeOrFour() {
    SplitPolicy usual = new SplitPolicy("*", 10, Shape.DEFAULT_NAME);
    for (int i = 0; i < 2_000; i++) {
      int[] held = new int[3];
      for (int shard = 0; shard < 10; shard++) {
        held[slot(usual.shard(bytes("tweet:" + i + ":likes"), shard)) * 3 / Topology.SLOTS]++;
      }
      for (int each : held) {
        assertThat(each).isBetween(3, 4);
      }
    }
  }

  @Test
  void whatIsHiddenFromLists() {
    HiddenKeys hidden =
        new HiddenKeys(List.of(policy, new SplitPolicy("m:*", 2, "s{tag}{shard}{key}")));
    assertThat(List.of("heatsink:head:{1}:n:1", "n:1:3", "s{12}1m:x"))
        .allMatch(key -> hidden.isHidden(bytes(key)));
    assertThat(List.of("n:1", "n:1:x", "x:1:3", "heatsinks", "s{12}1n:x"))
        .noneMatch(key -> hidden.isHidden(bytes(key)));
    assertThat(HiddenKeys.isAskedFor(request("KEYS", "heatsink:*"))).isTrue();
    assertThat(HiddenKeys.isAskedFor(request("SCAN", "0", "MATCH", "heatsink:{*"))).isTrue();
    assertThat(HiddenKeys.isAskedFor(request("SCAN", "0", "COUNT", "heatsink:"))).isFalse();
    assertThat(HiddenKeys.isAskedFor(request("KEYS", "*"))).isFalse();
  }

  private static int slot(byte[] key) {
    return Slots.of(Unpooled.wrappedBuffer(key), 0, key.length);
  }
}
