package io.heatsink.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random gaps: fair to every command, whatever the rhythm of the pipelines. */
class SamplerTest {

  private static final long SEED = 20261122;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 64, 1024})
  void picksOneInAPeriodAndCountsAll(int period) {
    Sampler sampler = new Sampler(new SplittableRandom(SEED));
    sampler.setPeriod(period);
    int commands = 10_000 * period;
    long weighed = 0;
    for (int i = 0; i < commands; i++) {
      assertThat(sampler.seen()).isEqualTo(i);
      if (sampler.pick()) {
        weighed += sampler.weight();
      }
    }
    double deviation = 4 * Math.sqrt(10_000.0) * period;
    assertThat((double) weighed).as("seed %d", SEED).isCloseTo(commands, within(deviation));
  }

  @Test
  void aSampleWeighsWhatItsGapWasDrawnWith() {
    SplittableRandom random = new SplittableRandom(SEED);
    Sampler sampler = new Sampler(random.split());
    double weighed = 0;
    int commands = 2_000_000;
    for (int i = 0; i < commands; i++) {
      if (i % 100 == 0) {
        sampler.setPeriod(1 << random.nextInt(7));
      }
      if (sampler.pick()) {
        weighed += sampler.weight();
      }
    }
    assertThat(weighed / commands).as("seed %d", SEED).isCloseTo(1, within(0.02));
  }

  /**
   * Pipelines of 100 commands, always the same one of them for the key: every 16th or 100th command
   * would see it never, or always.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 20, 50})
  void aKeyAtOnePlaceInEveryPipelineIsSeenAsOften(int sampling) {
    DetectorSettings settings =
        new DetectorSettings(1e6, 0.005, 10, sampling, Duration.ofSeconds(1));
    HotKeys hotKeys = new HotKeys(settings, SEED);
    Feed feed = new Feed(hotKeys);
    for (int i = 0; i < 1_000_000; i++) {
      long now = i * 10_000L;
      feed.read(i % 100 == 17 ? -1 : i, now);
      if (i > 400_000 && i % 20_000 == 0) {
        hotKeys.tick(now);
        assertThat(hotKeys.current().keys()).hasSize(1);
        HotKey key = hotKeys.current().keys().get(0);
        assertThat(key.share()).as("seed %d, at %d", SEED, i).isBetween(0.005, 0.015);
        double wrong = Math.abs(key.commandsPerSecond() - 1_000);
        assertThat(wrong).as("seed %d, at %d", SEED, i).isLessThanOrEqualTo(2 * key.error() + 40);
      }
    }
  }

  @Test
  void theAdaptivePeriodFollowsTheTraffic() {
    HotKeys hotKeys =
        new HotKeys(new DetectorSettings(1e6, 0.01, 10, 0, Duration.ofSeconds(1)), SEED);
    Feed feed = new Feed(hotKeys);
    assertThat(picked(feed, 0, 1_000, 1_000_000)).as("quiet: all").isEqualTo(1_000);
    picked(feed, 2_000_000_000L, 300_000, 10_000);
    double busy = picked(feed, 5_000_000_000L, 300_000, 10_000) / 300_000.0;
    assertThat(busy).as("busy: one in 16, seed %d", SEED).isCloseTo(1 / 16.0, within(0.005));
    picked(feed, 8_000_000_000L, 3_000, 1_000_000);
    assertThat(picked(feed, 11_000_000_000L, 1_000, 1_000_000)).as("quiet again").isEqualTo(1_000);
  }

  private static int picked(Feed feed, long fromNanos, int commands, long gapNanos) {
    int before = feed.picked;
    for (int i = 0; i < commands; i++) {
      feed.read(i, fromNanos + i * gapNanos);
    }
    return feed.picked - before;
  }
}
