package io.heatsink.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The table of reads whose reply was large. */
class LargeRepliesTest {

  private static final long SEED = 20261124;
  private static final int SWEEPS_KEPT = 600;

  private final LargeReplies large = new LargeReplies();

  /** Reads that share one set of the table. */
  private static long ofOneSet(int number) {
    return number + 1L;
  }

  @Test
  void knowsWhatWasAddedUntilItIsRemoved() {
    assertThat(large.isEmpty()).isTrue();
    assertThat(large.contains(7)).isFalse();
    large.add(7);
    large.add(7);
    assertThat(large.isEmpty()).isFalse();
    assertThat(large.contains(7)).isTrue();
    assertThat(large.contains(8)).isFalse();
    large.remove(8);
    large.remove(7);
    large.remove(7);
    assertThat(large.contains(7)).isFalse();
    assertThat(large.isEmpty()).isTrue();
  }

  @Test
  void aFullSetForgetsTheOldestFirst() {
    for (int i = 0; i < 6; i++) {
      large.add(ofOneSet(i));
    }
    for (int i = 0; i < 6; i++) {
      assertThat(large.contains(ofOneSet(i))).as("%d", i).isEqualTo(i >= 2);
    }
    for (int i = 0; i < 6; i++) {
      large.remove(ofOneSet(i));
    }
    assertThat(large.isEmpty()).isTrue();
  }

  @Test
  void neverKnowsWhatWasNotAdded() {
    SplittableRandom random = new SplittableRandom(SEED);
    Set<Long> added = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      long read = 1 + random.nextInt(500) * (1L << 18);
      switch (random.nextInt(3)) {
        case 0 -> {
          large.add(read);
          added.add(read);
          assertThat(large.contains(read)).isTrue();
        }
        case 1 -> {
          large.remove(read);
          added.remove(read);
        }
        default -> assertThat(large.contains(read) && !added.contains(read)).isFalse();
      }
      assertThat(!large.isEmpty() && added.isEmpty()).as("seed %d, %d", SEED, i).isFalse();
    }
    added.forEach(large::remove);
    assertThat(large.isEmpty()).isTrue();
  }

  @Test
  void forgetsWhatNobodyReads() {
    large.add(1L << 20);
    large.add(2L << 20);
    sweep(SWEEPS_KEPT);
    assertThat(large.contains(1L << 20)).as("it is new").isTrue();
    sweep(SWEEPS_KEPT);
    assertThat(large.contains(1L << 20)).as("it has been read").isTrue();
    assertThat(large.contains(2L << 20)).isFalse();
    sweep(2 * SWEEPS_KEPT);
    assertThat(large.isEmpty()).isTrue();
  }

  private void sweep(int times) {
    for (int i = 0; i < times; i++) {
      large.sweep();
    }
  }
}
