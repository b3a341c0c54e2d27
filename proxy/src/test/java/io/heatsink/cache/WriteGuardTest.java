package io.heatsink.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Writes under way and writes ever begun, against plain counts. */
class WriteGuardTest {

  private static final long SEED = 20261122;

  @Test
  void equalsPlainCounts() {
    WriteGuard guard = new WriteGuard();
    SplittableRandom random = new SplittableRandom(SEED);
    Map<Long, Integer> pending = new HashMap<>();
    Map<Long, Long> begun = new HashMap<>();
    int everything = 0;
    long everBegun = 0;
    ArrayDeque<Long> open = new ArrayDeque<>();
    for (int step = 0; step < 100_000; step++) {
      long key = (long) random.nextInt(8) << 32;
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          guard.begin(key);
          pending.merge(key, 1, Integer::sum);
          begun.merge(key, 1L, Long::sum);
          open.add(key);
        }
        case 2, 3 -> {
          if (!open.isEmpty()) {
            long ended = open.remove();
            guard.end(ended);
            pending.merge(ended, -1, Integer::sum);
          }
        }
        case 4 -> {
          guard.beginEverything();
          everything++;
          everBegun++;
        }
        default -> {
          if (everything > 0) {
            guard.endEverything();
            everything--;
          }
        }
      }
      boolean quiet = everything == 0 && pending.getOrDefault(key, 0) == 0;
      assertThat(guard.isQuiet(key)).as("seed %d, step %d", SEED, step).isEqualTo(quiet);
      assertThat(guard.epoch(key)).isEqualTo(begun.getOrDefault(key, 0L) + everBegun);
    }
  }
}
