package io.heatsink.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How many requests pass until a key that jumps is hot; a merge every 100 ms, as in the product.
 */
class DetectionDelayTest {

  private static final long SEED = 20261122;
  private static final long TICK_NANOS = 100_000_000;
  private static final int JUMPS = 200;

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 0})
  void aColdKeyThatJumpsIsHotWithin5000Requests(int sampling) {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] background = Traffic.zipf(1_000_000, 1 << 20, 0, random);
    Clock clock = new Clock(new Feed(hotKeys(sampling)), 100_000);
    for (int i = 0; i < 300_000; i++) {
      clock.read(background[i]);
    }
    int[] delays = new int[JUMPS];
    for (int jump = 0; jump < JUMPS; jump++) {
      int key = 2_000_000 + jump;
      int pause = random.nextInt(20_000);
      for (int i = 0; i < pause; i++) {
        clock.read(background[random.nextInt(background.length)]);
      }
      while (!clock.feed.hotKeys.current().isReadHot(Feed.hash(key))) {
        assertThat(delays[jump]++).as("seed %d, jump %d", SEED, jump).isLessThan(200_000);
        boolean hit = random.nextDouble() < 0.3;
        clock.read(hit ? key : background[random.nextInt(background.length)]);
      }
    }
    Arrays.sort(delays);
    int p95 = delays[JUMPS * 95 / 100];
    System.out.printf(
        Locale.ROOT,
        "jump to 30 %% of 100k/s, sampling %d: p50 %d, p95 %d, max %d requests%n",
        sampling,
        delays[JUMPS / 2],
        p95,
        delays[JUMPS - 1]);
    assertThat(p95).as("seed %d", SEED).isLessThanOrEqualTo(5_000);
  }

  @Test
  void aQuietProxyIsNotSlowToSeeACrowd() {
    for (int wait = 0; wait < 130; wait += 7) {
      Clock quiet = new Clock(new Feed(hotKeys(0)), 10);
      for (int i = 0; i < 50; i++) {
        quiet.read(i);
      }
      Clock crowd = new Clock(quiet.feed, 30_000);
      crowd.nowNanos = quiet.nowNanos + Duration.ofMillis(wait).toNanos();
      int requests = 0;
      while (!crowd.feed.hotKeys.current().isReadHot(Feed.hash(77))) {
        crowd.read(77);
        requests++;
      }
      assertThat(requests).as("after %d ms", wait).isLessThanOrEqualTo(300);
    }
  }

  @Test
  void oneLongPipelineOnABusyProxyIsNoBurst() {
    SplittableRandom random = new SplittableRandom(SEED);
    Clock clock = new Clock(new Feed(hotKeys(1)), 100_000);
    for (int i = 0; i < 1_000_000; i++) {
      boolean pipeline = i % 50_000 >= 25_000 && i % 50_000 < 25_100;
      clock.read(pipeline ? 77 : random.nextInt(1_000_000));
      assertThat(clock.feed.hotKeys.current().isEmpty()).as("seed %d, at %d", SEED, i).isTrue();
    }
  }

  private static HotKeys hotKeys(int sampling) {
    return new HotKeys(
        new DetectorSettings(1_000, 0.01, 50, sampling, Duration.ofSeconds(1)), SEED);
  }

  /** Steady traffic, with the timer's ticks between. */
  private static final class Clock {

    private final Feed feed;
    private final long requestNanos;
    private long nowNanos;
    private long tickedNanos;

    Clock(Feed feed, int requestsPerSecond) {
      this.feed = feed;
      requestNanos = Duration.ofSeconds(1).toNanos() / requestsPerSecond;
    }

    void read(int key) {
      nowNanos += requestNanos;
      if (nowNanos - tickedNanos >= TICK_NANOS) {
        feed.hotKeys.tick(nowNanos);
        tickedNanos = nowNanos;
      }
      feed.read(key, nowNanos);
    }
  }
}
