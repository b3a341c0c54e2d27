package io.heatsink.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The table of hot hashes against a map. */
class HotSetTest {

  private static final long SEED = 20261122;

  @Test
  void answersAsAMapWould() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 500; round++) {
      Map<Long, HotKey> model = new HashMap<>();
      int size = random.nextInt(200);
      for (int i = 0; i < size; i++) {
        long hash = hash(random);
        int heat = 1 + random.nextInt(3);
        model.put(hash, key(hash, heat, random.nextInt(5)));
      }
      HotSet set = HotSet.of(model.values());
      assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
      for (int i = 0; i < 300; i++) {
        assertLooksUp(set, model, hash(random));
      }
      model.keySet().forEach(hash -> assertLooksUp(set, model, hash));
      List<HotKey> keys = new ArrayList<>(set.keys());
      assertThat(keys).containsExactlyInAnyOrderElementsOf(model.values());
      for (int i = 1; i < keys.size(); i++) {
        assertThat(keys.get(i - 1).commandsPerSecond())
            .as("seed %d, round %d", SEED, round)
            .isGreaterThanOrEqualTo(keys.get(i).commandsPerSecond());
      }
    }
  }

  @Test
  void theHashZeroIsAHashLikeAnyOther() {
    assertThat(HotSet.EMPTY.isReadHot(0)).isFalse();
    HotSet set = HotSet.of(List.of(key(0, 1, 1)));
    assertThat(set.isReadHot(0)).isTrue();
    assertThat(set.isWriteHot(0)).isFalse();
  }

  @Test
  void keysWhoseHashesCollideAreBothShown() {
    HotKey reads = new HotKey(new byte[] {1}, 0, 7, true, false, 1, 0, 0.1, 0, 0, 1);
    HotKey writes = new HotKey(new byte[] {2}, 0, 7, false, true, 0, 2, 0.1, 0, 0, 1);
    HotSet set = HotSet.of(List.of(reads, writes));
    assertThat(set.keys()).containsExactly(writes, reads);
    assertThat(set.isReadHot(7)).isTrue();
    assertThat(set.isWriteHot(7)).isTrue();
  }

  @Test
  void aHotKeyIsNotChangedThroughItsBytes() {
    byte[] bytes = {1, 2};
    HotKey key = new HotKey(bytes, 0, 7, true, false, 1, 0, 0.1, 0, 0, 2);
    bytes[0] = 9;
    key.key()[1] = 9;
    assertThat(key.key()).containsExactly(1, 2);
  }

  private static void assertLooksUp(HotSet set, Map<Long, HotKey> model, long hash) {
    HotKey expected = model.get(hash);
    assertThat(set.isReadHot(hash))
        .as("seed %d, hash %x", SEED, hash)
        .isEqualTo(expected != null && expected.readHot());
    assertThat(set.isWriteHot(hash))
        .as("seed %d, hash %x", SEED, hash)
        .isEqualTo(expected != null && expected.writeHot());
  }

  /** Small, or equal in its low bits to others, so that places collide. */
  private static long hash(SplittableRandom random) {
    return random.nextBoolean() ? random.nextInt(100) : (long) random.nextInt(1 << 20) << 20;
  }

  private static HotKey key(long hash, int heat, int rate) {
    return new HotKey(
        new byte[] {1}, 0, hash, (heat & 1) != 0, (heat & 2) != 0, rate, 0, 0.1, 0, 0, 1);
  }
}
