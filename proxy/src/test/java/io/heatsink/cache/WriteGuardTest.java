package io.heatsink.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.command.Writes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Writes under way and writes ever begun, against plain counts. */
class WriteGuardTest {

  private static final long SEED = 20261122;

  private record Write(long key, int connection) {}

  @Test
  void equalsPlainCounts() {
    WriteGuard guard = new WriteGuard();
    SplittableRandom random = new SplittableRandom(SEED);
    Map<Long, Long> begun = new HashMap<>();
    List<Write> open = new ArrayList<>();
    List<Integer> everything = new ArrayList<>();
    long era = 0;
    for (int step = 0; step < 100_000; step++) {
      long key = (long) random.nextInt(8) << 32;
      int connection = random.nextInt(3);
      switch (random.nextInt(7)) {
        case 0, 1 -> {
          guard.begin(key, connection);
          begun.merge(key, 1L, Long::sum);
          open.add(new Write(key, connection));
        }
        case 2, 3 -> {
          if (!open.isEmpty()) {
            guard.end(open.remove(random.nextInt(open.size())).key());
          }
        }
        case 4 -> {
          guard.changed(key);
          begun.merge(key, 1L, Long::sum);
        }
        case 5 -> {
          guard.beginEverything(connection);
          everything.add(connection);
          era++;
        }
        default -> {
          if (!everything.isEmpty()) {
            guard.endEverything();
            everything.remove(random.nextInt(everything.size()));
          }
        }
      }
      String at = "seed " + SEED + ", step " + step;
      boolean quiet = everything.isEmpty() && open.stream().noneMatch(w -> w.key() == key);
      assertThat(guard.isQuiet(key)).as(at).isEqualTo(quiet);
      assertThat(guard.epoch(key)).as(at).isEqualTo(begun.getOrDefault(key, 0L));
      assertThat(guard.era()).as(at).isEqualTo(era);
      if (quiet) {
        assertThat(guard.isAfterWrites(key, connection)).as(at).isTrue();
      } else if (guard.isAfterWrites(key, connection)) {
        assertThat(connection).as(at).isNotEqualTo(Writes.UNORDERED);
        assertThat(open).as(at).noneMatch(w -> w.key() == key && w.connection() != connection);
        assertThat(everything).as(at).allMatch(by -> by == connection);
      }
    }
  }

  @Test
  void whatFollowsOnTheConnectionOfAllWritesIsAfterThem() {
    WriteGuard guard = new WriteGuard();
    guard.begin(1L << 32, 7);
    guard.begin(1L << 32, 7);
    guard.beginEverything(7);
    assertThat(guard.isAfterWrites(1L << 32, 7)).isTrue();
    assertThat(guard.isAfterWrites(1L << 32, 8)).isFalse();
    guard.begin(1L << 32, 8);
    assertThat(guard.isAfterWrites(1L << 32, 7)).as("another's write is under way").isFalse();
  }
}
