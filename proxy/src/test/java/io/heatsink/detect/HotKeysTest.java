package io.heatsink.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What becomes hot, what is told of it, and when it stops. */
class HotKeysTest {

  private static final long SEED = 20261122;
  private static final long SECOND = 1_000_000_000;
  private static final long MILLI = 1_000_000;
  private static final DetectorSettings SETTINGS =
      new DetectorSettings(1_000, 0.01, 100, 1, Duration.ofSeconds(5));

  private final HotKeys hotKeys = new HotKeys(SETTINGS, SEED);
  private final Feed feed = new Feed(hotKeys);
  private long nowNanos = SECOND;

  @Test
  void nothingIsHotAtFirst() {
    hotKeys.tick(nowNanos);
    assertThat(hotKeys.current()).isSameAs(HotSet.EMPTY);
    assertThat(hotKeys.current().isEmpty()).isTrue();
  }

  @Test
  void threeRequestsOfThreeAreNotHot() {
    for (int i = 0; i < 3; i++) {
      feed.read("only", nowNanos);
    }
    run(3 * SECOND);
    assertThat(hotKeys.current().isEmpty()).isTrue();
  }

  @Test
  void noiseIsNotHotWhateverTheSettingsSay() {
    HotKeys eager = new HotKeys(new DetectorSettings(1, 0.0001, 0, 1, Duration.ofSeconds(1)), SEED);
    Feed quiet = new Feed(eager);
    for (int second = 0; second < 20; second++) {
      quiet.read("only", nowNanos + second * SECOND);
      eager.tick(nowNanos + second * SECOND);
      assertThat(eager.current().isEmpty()).isTrue();
    }
  }

  @Test
  void aShareBelowTheMinimumRateIsNotHot() {
    run(10 * SECOND, "half", 40, "other half", 40);
    assertThat(hotKeys.current().isEmpty()).isTrue();
  }

  @Test
  void aShareAboveTheMinimumRateIsHot() {
    run(10 * SECOND, "key", 150);
    assertThat(feed.isReadHot("key")).isTrue();
    assertThat(hotKeys.current().keys().get(0).share()).isCloseTo(1, within(0.01));
  }

  @Test
  void aRateIsHotWhateverItsShare() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 1_000_000; i++) {
      long now = nowNanos + i * 5_000L;
      feed.read(i % 160 == 0 ? -1 : random.nextInt(1 << 30), now);
      if (i % 20_000 == 0) {
        hotKeys.tick(now);
      }
    }
    List<HotKey> hot = hotKeys.current().keys();
    assertThat(hot).hasSize(1);
    assertThat(hotKeys.current().isReadHot(Feed.hash(-1))).isTrue();
    assertThat(hot.get(0).readsPerSecond()).isCloseTo(1_250, within(25.0));
    assertThat(hot.get(0).share()).isCloseTo(0.00625, within(0.0002));
  }

  @Test
  void keysWithEqualCountsAreAllShown() {
    run(3 * SECOND, "a", 300, "b", 300, "c", 300);
    assertThat(hotKeys.current().keys())
        .extracting(key -> new String(key.key(), StandardCharsets.UTF_8))
        .containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void theHottestComesFirst() {
    run(3 * SECOND, "warm", 300, "hot", 900, "hotter", 1_500);
    assertThat(hotKeys.current().keys())
        .extracting(key -> new String(key.key(), StandardCharsets.UTF_8))
        .containsExactly("hotter", "hot", "warm");
  }

  @Test
  void keysAreBytes() {
    byte[] one = {(byte) 0xff, 0, 1};
    byte[] other = {(byte) 0xfe, 0, 1};
    for (int i = 0; i < 1_000; i++) {
      feed.command(one, 0, false, nowNanos += MILLI);
      feed.command(other, 0, false, nowNanos);
    }
    hotKeys.tick(nowNanos);
    assertThat(hotKeys.current().keys())
        .extracting(HotKey::key)
        .containsExactlyInAnyOrder(one, other);
  }

  @Test
  void databasesAreApart() {
    for (int i = 0; i < 1_000; i++) {
      feed.command(Feed.bytes("key"), 3, false, nowNanos += MILLI);
      feed.command(Feed.bytes("key"), 4, false, nowNanos);
    }
    hotKeys.tick(nowNanos);
    assertThat(hotKeys.current().keys())
        .extracting(HotKey::database)
        .containsExactlyInAnyOrder(3, 4);
    assertThat(hotKeys.current().isReadHot(Feed.hash(Feed.bytes("key"), 0))).isFalse();
  }

  @Test
  void readsAndWritesAreJudgedApart() {
    for (int i = 0; i < 5_000; i++) {
      nowNanos += MILLI;
      feed.read("read", nowNanos);
      feed.write("written", nowNanos);
      feed.read("both", nowNanos);
      feed.write("both", nowNanos);
    }
    hotKeys.tick(nowNanos);
    assertThat(feed.isReadHot("read")).isTrue();
    assertThat(feed.isWriteHot("read")).isFalse();
    assertThat(feed.isReadHot("written")).isFalse();
    assertThat(feed.isWriteHot("written")).isTrue();
    assertThat(feed.isReadHot("both")).isTrue();
    assertThat(feed.isWriteHot("both")).isTrue();
    assertThat(hotKeys.current().keys()).hasSize(3);
    HotKey both = hotKeys.current().keys().get(0);
    assertThat(both.key()).isEqualTo(Feed.bytes("both"));
    assertThat(both.readsPerSecond()).isCloseTo(1_000, within(40.0));
    assertThat(both.writesPerSecond()).isCloseTo(1_000, within(40.0));
    assertThat(both.share()).isCloseTo(0.5, within(0.02));
    assertThat(both.error()).isZero();
  }

  @Test
  void aKeyAroundTheLimitDoesNotFlap() {
    int changes = 0;
    boolean hot = false;
    for (int second = 0; second < 60; second++) {
      run(SECOND, "key", second % 2 == 0 ? 110 : 90);
      if (feed.isReadHot("key") != hot) {
        hot = !hot;
        changes++;
      }
    }
    assertThat(changes).isEqualTo(1);
    assertThat(hot).isTrue();
  }

  @Test
  void aKeyThatPausesForLessThanTheCooldownStays() {
    run(3 * SECOND, "key", 300);
    run(4 * SECOND);
    assertThat(feed.isReadHot("key")).isTrue();
    run(3 * SECOND, "key", 300);
    run(4 * SECOND);
    assertThat(feed.isReadHot("key")).isTrue();
  }

  @Test
  void aKeyWellBelowTheLimitCoolsAfterTheCooldown() {
    run(3 * SECOND, "key", 300);
    run(4 * SECOND, "key", 30);
    assertThat(feed.isReadHot("key")).isTrue();
    run(4 * SECOND, "key", 30);
    assertThat(feed.isReadHot("key")).isFalse();
    assertThat(hotKeys.current()).isSameAs(HotSet.EMPTY);
  }

  @Test
  void aKeyThatCooledHeatsUpAgain() {
    run(3 * SECOND, "key", 300);
    run(20 * SECOND, "key", 30);
    assertThat(feed.isReadHot("key")).isFalse();
    run(SECOND, "key", 300);
    assertThat(feed.isReadHot("key")).isTrue();
  }

  @Test
  void oneSideCoolsWhileTheOtherStaysHot() {
    for (int i = 0; i < 3_000; i++) {
      feed.write("key", nowNanos += MILLI);
    }
    run(20 * SECOND, "key", 300);
    assertThat(feed.isReadHot("key")).isTrue();
    assertThat(feed.isWriteHot("key")).isFalse();
  }

  @Test
  void whatALaneCountedRunsOutWhenItsTrafficStops() {
    run(5 * SECOND, "key", 2_000);
    HotKey before = hotKeys.current().keys().get(0);
    assertThat(before.readsPerSecond()).isCloseTo(2_000, within(80.0));
    run(SECOND + SECOND / 4);
    HotKey half = hotKeys.current().keys().get(0);
    assertThat(half.readsPerSecond()).isCloseTo(1_000, within(150.0));
    run(2 * SECOND);
    assertThat(hotKeys.current().keys().get(0).readsPerSecond()).isZero();
    assertThat(hotKeys.commandsPerSecond(nowNanos)).isZero();
    run(5 * SECOND);
    assertThat(hotKeys.current().isEmpty()).isTrue();
  }

  @Test
  void anOldCrowdDoesNotCountAfterAPause() {
    run(SECOND / 20, "key", 600);
    nowNanos += 10 * SECOND;
    feed.read("key", nowNanos);
    hotKeys.tick(nowNanos);
    assertThat(hotKeys.current().isEmpty()).isTrue();
  }

  @Test
  void lanesAddUp() {
    Feed second = new Feed(hotKeys);
    for (int i = 0; i < 3_000; i++) {
      nowNanos += MILLI;
      feed.read("key", nowNanos);
      second.read("key", nowNanos);
      second.write("key", nowNanos);
      tickAt(i, 100);
    }
    HotKey key = hotKeys.current().keys().get(0);
    assertThat(hotKeys.current().keys()).hasSize(1);
    assertThat(key.readsPerSecond()).isCloseTo(2_000, within(80.0));
    assertThat(key.writesPerSecond()).isCloseTo(1_000, within(40.0));
    assertThat(key.share()).isCloseTo(1, within(0.01));
    assertThat(hotKeys.commandsPerSecond(nowNanos)).isCloseTo(3_000, within(120.0));
  }

  @Test
  void aKeyIsHotThatIsHotOnlyInTheSumOfLanes() {
    DetectorSettings byRate = new DetectorSettings(1_000, 1, 100, 1, Duration.ofSeconds(5));
    HotKeys four = new HotKeys(byRate, SEED);
    List<Feed> lanes = List.of(new Feed(four), new Feed(four), new Feed(four), new Feed(four));
    for (int i = 0; i < 120_000; i++) {
      long now = i * MILLI / 20;
      boolean spread = i % 64 < 4;
      lanes.get(i % 4).read(spread ? -1 : i, now);
      assertThat(i > 40_000 || four.current().isEmpty()).as("no lane sees it alone").isTrue();
      if (i > 40_000 && i % 2_000 == 0) {
        four.tick(now);
      }
    }
    HotKey key = four.current().keys().get(0);
    assertThat(four.current().isReadHot(Feed.hash(-1))).isTrue();
    assertThat(key.readsPerSecond()).isCloseTo(1_250, within(50.0));
    assertThat(four.current().keys()).hasSize(1);
  }

  @Test
  void aShareIsOneOfAllLanesCommands() {
    Feed quiet = new Feed(hotKeys);
    for (int i = 0; i < 400_000; i++) {
      long now = nowNanos + i * MILLI / 50;
      feed.read(i, now);
      if (i % 250 == 0) {
        quiet.read("half of a quiet lane", now);
        quiet.read("the other half", now);
      }
      if (i % 5_000 == 0) {
        hotKeys.tick(now);
      }
    }
    assertThat(hotKeys.current().isEmpty()).isTrue();
  }

  @Test
  void theHottestStayWhenTooManyAreHot() {
    DetectorSettings low = new DetectorSettings(10, 1, 10, 1, Duration.ofSeconds(5));
    HotKeys crowded = new HotKeys(low, SEED);
    Feed many = new Feed(crowded);
    int keys = 1_500;
    long now = 0;
    for (int round = 0; round < 100; round++) {
      for (int key = 0; key < keys; key++) {
        now += 30_000;
        many.read(key, now);
        if (key < 100) {
          many.read(key, now);
        }
      }
      crowded.tick(now);
    }
    assertThat(crowded.current().keys()).hasSize(HotKeys.MAX_HOT_KEYS);
    for (int key = 0; key < 100; key++) {
      assertThat(crowded.current().isReadHot(Feed.hash(key))).isTrue();
    }
  }

  @Test
  void ofALongKeyTheBeginningIsShown() {
    byte[] longKey = new byte[1 << 20];
    Arrays.fill(longKey, (byte) 'x');
    byte[] twin = longKey.clone();
    twin[twin.length - 1] = 'y';
    for (int i = 0; i < 300; i++) {
      feed.lane.sample();
      countWhole(longKey, 1, nowNanos += MILLI);
      countWhole(twin, 2, nowNanos);
    }
    hotKeys.tick(nowNanos);
    assertThat(hotKeys.current().keys()).hasSize(2);
    HotKey key = hotKeys.current().keys().get(0);
    assertThat(key.key()).hasSize(HotKey.MAX_KEY_BYTES).containsOnly('x');
    assertThat(key.length()).isEqualTo(1 << 20);
    assertThat(key.isCut()).isTrue();
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DetectorSettings(0, 0.01, 0, 0, second));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DetectorSettings(1, 1.01, 0, 0, second));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DetectorSettings(1, 0.01, -1, 0, second));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DetectorSettings(1, 0.01, 0, 1025, second));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DetectorSettings(1, 0.01, 0, 0, Duration.ZERO));
  }

  private void countWhole(byte[] key, long hash, long now) {
    ByteBuf buf = Unpooled.wrappedBuffer(key);
    feed.lane.count(new SplittableRandom(hash).nextLong(), 0, buf, 0, key.length, false, now);
  }

  /** Lets time pass, with reads of these keys at these rates, and a tick every 100 ms. */
  private void run(long nanos, Object... keysAndRates) {
    double[] due = new double[keysAndRates.length / 2];
    for (int milli = 0; milli < nanos / MILLI; milli++) {
      nowNanos += MILLI;
      for (int i = 0; i < due.length; i++) {
        due[i] += (Integer) keysAndRates[2 * i + 1] / 1_000.0;
        for (; due[i] >= 1; due[i]--) {
          feed.read((String) keysAndRates[2 * i], nowNanos);
        }
      }
      tickAt(milli, 100);
    }
  }

  private void tickAt(int i, int every) {
    if (i % every == every - 1) {
      hotKeys.tick(nowNanos);
    }
  }
}
