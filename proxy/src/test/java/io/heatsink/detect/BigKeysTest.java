package io.heatsink.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys that are hot by the bytes of their values, though they are seldom read. */
class BigKeysTest {

  private static final long SEED = 20261128;
  private static final long SECOND = 1_000_000_000;
  private static final int MB = 1_000_000;

  private final HotKeys hotKeys =
      new HotKeys(new DetectorSettings(1_000, 0.01, 100, 0, Duration.ofSeconds(5), 10 * MB), SEED);
  private final Feed feed = new Feed(hotKeys);
  private long nowNanos = SECOND;

  /** So many seconds of these keys by turns, 20 reads a second of each; others are small. */
  private void run(int seconds, int bytes, String... keys) {
    for (int i = 0; i < 20 * seconds; i++) {
      for (String key : keys) {
        feed.read(key, bytes, nowNanos);
      }
      for (int other = 0; other < 200; other++) {
        feed.read(31 * i + other, nowNanos);
      }
      nowNanos += SECOND / 20;
      hotKeys.tick(nowNanos);
    }
  }

  @Test
  void bytesMakeAKeyHotThatIsReadTwentyTimesASecond() {
    run(10, MB, "big");
    List<HotKey> hot = hotKeys.current().keys();
    assertThat(hot)
        .extracting(key -> new String(key.key(), StandardCharsets.UTF_8))
        .contains("big");
    HotKey big = hot.get(0);
    assertThat(big.heat()).containsExactly("big");
    assertThat(big.bytesPerSecond()).isCloseTo(20.0 * MB, within(2.0 * MB));
    assertThat(big.readsPerSecond()).isCloseTo(20, within(Math.max(10, big.error())));
    assertThat(hotKeys.current().isReadHot(big.hash())).isFalse();
    assertThat(hotKeys.current().isWorthKeeping(big.hash())).isTrue();
  }

  @Test
  void halfAsManyBytesDoNot() {
    run(10, MB / 4, "big");
    assertThat(hotKeys.current().keys()).noneMatch(HotKey::bigHot);
  }

  @Test
  void itCoolsDown() {
    run(5, MB, "big");
    run(14, 0, "other");
    assertThat(hotKeys.current().keys()).noneMatch(HotKey::bigHot);
  }

  @Test
  void itIsFoundAmongMoreThanAreCounted() {
    String[] keys = new String[4 * BigKeys.MOST_KEYS];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = i % 2 == 0 ? "big" : "seldom " + i;
    }
    run(5, 20_000, keys);
    assertThat(hotKeys.current().keys())
        .filteredOn(HotKey::bigHot)
        .extracting(key -> new String(key.key(), StandardCharsets.UTF_8))
        .containsExactly("big");
  }

  @Test
  void itIsFoundWhereHardlyAnyCommandIsSampled() {
    HotKeys few =
        new HotKeys(new DetectorSettings(1e6, 1, 1e6, 64, Duration.ofSeconds(5), 10 * MB), SEED);
    Feed alone = new Feed(few);
    for (int i = 0; i < 40; i++) {
      alone.read("big", MB, nowNanos);
      nowNanos += SECOND / 20;
      few.tick(nowNanos);
    }
    assertThat(few.current().keys()).anyMatch(HotKey::bigHot);
  }

  @Test
  void whereNothingIsSaidNoKeyIsBig() {
    hotKeys.settings(new DetectorSettings(1_000, 0.01, 100, 0, Duration.ofSeconds(5)));
    run(5, MB, "big");
    assertThat(hotKeys.current().keys()).noneMatch(HotKey::bigHot);
  }
}
