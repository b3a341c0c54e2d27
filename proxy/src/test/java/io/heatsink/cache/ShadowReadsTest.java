package io.heatsink.cache;

import static io.heatsink.fake.Latin.bytes;
import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.command.LaneClock;
import io.heatsink.detect.DetectorSettings;
import io.heatsink.detect.HotKeys;
import io.heatsink.fake.FakeClient;
import io.heatsink.fake.FakePipe;
import io.heatsink.fake.FakeRedis;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Policies;
import io.heatsink.resp.KeyHash;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A sampled hit is compared with what the backend says, and nothing else happens. */
class ShadowReadsTest {

  private static final long SEED = 20261124;
  private static final long SECOND = 1_000_000_000L;

  private final FakeRedis redis = new FakeRedis();
  private final FakePipe pipe = new FakePipe(redis);
  private final FakeClient client = new FakeClient(pipe);
  private final LaneStats stats = new LaneStats();
  private final LaneClock clock = new LaneClock();
  private final WriteGuard guard = new WriteGuard();
  private final NearCache cache =
      new NearCache(new CachePolicy(1 << 20, 1_000, 60 * SECOND, 60 * SECOND, 0, 10), guard);
  private final Filler filler =
      new Filler(
          cache,
          guard,
          cache.newReader(new HotKeys(new DetectorSettings(1e6, 1, 1, 1, Duration.ofSeconds(1)))),
          new LanePolicies(Policies.NONE),
          clock,
          stats);
  private final ShadowReads shadows = Objects.requireNonNull(ShadowReads.of(1, clock, stats));
  private final SplittableRandom random = new SplittableRandom(SEED);

  private Entry keep(@Nullable String value) {
    set(value);
    filler.fetch(client, bytes("k"), KeyHash.of(bytes("k")));
    pipe.settle();
    return Objects.requireNonNull(cache.find(KeyHash.of(bytes("k"))));
  }

  private void set(@Nullable String value) {
    redis.values().remove("k");
    if (value != null) {
      redis.values().put("k", value);
    }
  }

  /** The reply comes in parts of every size. */
  private void shadow(Entry entry) {
    shadows.read(client, request("GET", "k"), entry);
    while (pipe.run()) {
      assertThat(pipe.reply(random)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hello, hello, 0",
    "hello, world, 1",
    "hello, hell, 1",
    "hello, hello!, 1",
    "hello,, 1",
    ", hello, 1",
    ",, 0",
    "'', '', 0",
    "'',, 1",
  })
  void whatDiffersIsCounted(@Nullable String kept, @Nullable String now, long stale) {
    Entry entry = keep(kept);
    int sent = pipe.log().size();
    set(now);
    for (int i = 0; i < 100; i++) {
      shadow(entry);
    }
    assertThat(stats.shadowReads).isEqualTo(100);
    assertThat(stats.staleHits).as("seed %d", SEED).isEqualTo(100 * stale);
    assertThat(stats.copy().stalenessMicros().getTotalCount()).isEqualTo(100 * stale);
    assertThat(pipe.log()).hasSize(sent + 100).endsWith("GET k");
    assertThat(client.places()).as("no client is told").isEmpty();
  }

  @Test
  void theAgeIsThatOfTheAnswerWhenItWasServed() {
    Entry entry = keep("old");
    set("new");
    clock.refresh();
    shadow(entry);
    long micros = entry.ageNanos(clock.nowNanos()) / 1_000;
    assertThat(stats.copy().stalenessMicros().getMaxValue())
        .isBetween(micros, micros + micros / 50 + 1);
    assertThat(entry.ageNanos(clock.nowNanos() - SECOND)).as("a clock that lags").isZero();
  }

  @Test
  void errorsAndLossesTellNothing() {
    Entry entry = keep("v");
    redis.forbid("GET");
    shadow(entry);
    shadows.read(client, request("GET", "k"), entry);
    pipe.disconnect();
    shadows.read(client, request("GET", "k"), entry);
    assertThat(stats.shadowReads).isEqualTo(3);
    assertThat(stats.staleHits).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.25, 1})
  void samplesAtTheRate(double rate) {
    ShadowReads some = Objects.requireNonNull(ShadowReads.of(rate, clock, stats));
    int count = 1_000_000;
    int sampled = 0;
    for (int i = 0; i < count; i++) {
      sampled += some.samples() ? 1 : 0;
    }
    double sixSigmas = 6 * Math.sqrt(count * rate * (1 - rate));
    assertThat((double) sampled).isBetween(count * rate - sixSigmas, count * rate + sixSigmas);
    assertThat(ShadowReads.of(0, clock, stats)).isNull();
  }
}
