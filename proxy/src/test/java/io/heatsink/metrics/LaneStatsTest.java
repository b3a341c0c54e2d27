package io.heatsink.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Latencies that are kept back in runs are all there in every copy. */
class LaneStatsTest {

  private static final long SEED = 20261123;

  @Test
  void noLatencyIsLostInARun() {
    LaneStats stats = new LaneStats();
    Histogram expected = new Histogram(60_000_000, 2);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 10_000; i++) {
      int micros = 1 + random.nextInt(3);
      int count = 1 + random.nextInt(5);
      stats.recordLatency(micros * 1_000L, count);
      expected.recordValueWithCount(micros, count);
      if (random.nextInt(100) == 0) {
        assertThat(stats.copy().latencyMicros()).as("seed %d", SEED).isEqualTo(expected);
      }
    }
    assertThat(stats.copy().latencyMicros()).as("seed %d", SEED).isEqualTo(expected);
  }
}
