package io.heatsink.cache;

import static io.heatsink.fake.Latin.bytes;
import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.command.LaneClock;
import io.heatsink.command.Place;
import io.heatsink.command.Writes;
import io.heatsink.detect.DetectorSettings;
import io.heatsink.detect.HotKeys;
import io.heatsink.fake.FakeClient;
import io.heatsink.fake.FakePipe;
import io.heatsink.fake.FakeRedis;
import io.heatsink.flight.Coalescer;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.Glob;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Level;
import io.heatsink.policy.Policies;
import io.heatsink.policy.Rule;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which old answers may stand in for Redis, and for how long. */
class StandInsTest {

  private static final long SECOND = 1_000_000_000L;
  private static final CachePolicy POLICY =
      new CachePolicy(1 << 20, 1_000, 60 * SECOND, 60 * SECOND, 0, 10);
  private static final Rule OLD_RATHER_THAN_NONE =
      new Rule(1, new Glob("old:*"), Level.STALE_IF_ERROR, 0, 300 * SECOND);
  private static final Rule BRIEFLY =
      new Rule(2, new Glob("brief:*"), Level.STALE_IF_ERROR, 0, 10 * SECOND);

  private final FakeRedis redis = new FakeRedis();
  private final FakePipe pipe = new FakePipe(redis).tracked();
  private final LaneStats stats = new LaneStats();
  private final LaneClock clock = new LaneClock();
  private final WriteGuard guard = new WriteGuard();
  private final NearCache cache = new NearCache(POLICY, guard);
  private final CacheReader reader =
      cache.newReader(new HotKeys(new DetectorSettings(1e6, 0.5, 1, 1, Duration.ofSeconds(1))));
  private final Filler filler =
      new Filler(
          cache,
          guard,
          reader,
          new LanePolicies(new Policies(Level.TRACKED, List.of(OLD_RATHER_THAN_NONE, BRIEFLY))),
          clock,
          stats);
  private final Coalescer coalescer = new Coalescer(stats);
  private final FakeClient client = new FakeClient(pipe);
  private final long start = clock.nowNanos();

  private static long hash(String key) {
    return KeyHash.of(bytes(key));
  }

  @BeforeEach
  void fill() {
    redis.values().put("old:a", "hello");
    redis.values().put("brief:a", "hello");
    redis.values().put("new:a", "hello");
  }

  private void get(FakeClient by, String key) {
    coalescer.read(by, request("GET", key), hash(key), filler);
    pipe.settle();
  }

  private @Nullable String standIn(FakeClient by, String key, long afterNanos) {
    Entry entry = reader.findStandIn(hash(key), request("GET", key), 1, by, start + afterNanos);
    return entry == null ? null : NearCacheTest.text(entry, by.isResp3());
  }

  private @Nullable String standIn(String key, long afterNanos) {
    return standIn(client, key, afterNanos);
  }

  @Test
  void anAnswerMayBeAsOldAsItsRuleSays() {
    get(client, "old:a");
    get(client, "brief:a");
    get(client, "new:a");
    pipe.disconnect();
    assertThat(standIn("old:a", 300 * SECOND - 1)).isEqualTo("$5\r\nhello\r\n");
    assertThat(standIn("old:a", 300 * SECOND)).isNull();
    assertThat(standIn("brief:a", 10 * SECOND - 1)).isEqualTo("$5\r\nhello\r\n");
    assertThat(standIn("brief:a", 10 * SECOND)).isNull();
    assertThat(standIn("new:a", 0)).as("no rule, and no longer told of changes").isNull();
    Entry entry = cache.find(hash("old:a"));
    assertThat(entry).isNotNull();
    assertThat(entry != null && entry.isLive(start, guard.era())).as("in normal service").isFalse();
  }

  @Test
  void aSweepLeavesWhatMayStandIn() {
    get(client, "old:a");
    get(client, "brief:a");
    get(client, "new:a");
    cache.sweep(start + 61 * SECOND);
    assertThat(cache.size()).isEqualTo(1);
    assertThat(standIn("old:a", 61 * SECOND)).isNotNull();
    cache.sweep(start + 300 * SECOND);
    assertThat(cache.size()).isZero();
  }

  @Test
  void itsKeysOwnExpiryEndsIt() {
    redis.expiresIn("old:a", 90_000);
    get(client, "old:a");
    pipe.disconnect();
    assertThat(standIn("old:a", 90 * SECOND - 1)).isNotNull();
    assertThat(standIn("old:a", 90 * SECOND)).isNull();
  }

  @Test
  void aChangeEndsItAtAnyTime() {
    get(client, "old:a");
    guard.changed(hash("old:a"));
    assertThat(standIn("old:a", 0)).isNull();
    get(client, "old:a");
    assertThat(standIn("old:a", 0)).isNotNull();
    guard.begin(hash("old:a"), Writes.UNORDERED);
    assertThat(standIn("old:a", 61 * SECOND)).as("a write under way").isNull();
    guard.end(hash("old:a"));
    assertThat(standIn("old:a", 61 * SECOND)).as("nobody knows whether it ran").isNull();
    get(client, "old:a");
    assertThat(standIn("old:a", 0)).isNotNull();
    guard.everythingChanged();
    assertThat(standIn("old:a", 0)).isNull();
  }

  @Test
  void itIsForTheUserAndDatabaseThatItWasReadFor() {
    get(client, "old:a");
    assertThat(standIn(new FakeClient(pipe, 0, 2), "old:a", 0)).isNull();
    assertThat(standIn(new FakeClient(pipe, 1, 1), "old:a", 0)).isNull();
    assertThat(standIn(new FakeClient(pipe).resp3(), "old:a", 0)).isNotNull();
  }

  @Test
  void otherReadsAreKeptByProtocol() {
    Request request = request("STRLEN", "old:a");
    coalescer.read(client, request, request.hashFrom(0), filler.ofReads());
    pipe.settle();
    pipe.disconnect();
    Entry entry = reader.findStandIn(request, client, start + 61 * SECOND);
    assertThat(entry).isNotNull();
    assertThat(entry == null ? "" : NearCacheTest.text(entry, false)).isEqualTo(":5\r\n");
    FakeClient client3 = new FakeClient(pipe).resp3();
    assertThat(reader.findStandIn(request, client3, start)).isNull();
  }

  /** Redis came back, and somebody saw what it says now, before it was lost again. */
  @Test
  void whatSomebodyHasSeenANewerStateOfDoesNotComeBack() {
    get(client, "old:a");
    pipe.disconnect();
    pipe.connect();
    redis.values().put("old:a", "news");
    Request read = request("GET", "old:a");
    assertThat(filler.hasOthers(client, read, hash("old:a"), true)).isTrue();
    Place place = client.reserve();
    place.landsFirst(filler.looks(pipe.number()), hash("old:a"));
    pipe.send(read, place);
    pipe.settle();
    assertThat(client.last().reply()).contains("news");
    pipe.disconnect();
    assertThat(standIn("old:a", 0)).isNull();
  }

  @Test
  void anMgetIsAnsweredIfAllOfItMayBe() {
    MultiGet gets = new MultiGet(filler);
    redis.values().put("old:b", "b");
    Request both = request("MGET", "old:a", "old:b");
    pipe.send(both, gets.checked(client, both, client.reserve()));
    get(client, "old:a");
    pipe.disconnect();
    int sent = pipe.log().size();
    assertThat(gets.find(client, both)).as("one is missing").isNull();
    pipe.connect();
    get(client, "old:b");
    assertThat(gets.find(client, both)).isNull();
    pipe.disconnect();
    assertThat(gets.find(client, both)).asString().isEqualTo("*2\r\n$5\r\nhello\r\n$1\r\nb\r\n");
    assertThat(gets.hasStandIns()).isTrue();
    assertThat(pipe.log()).as("asked for meanwhile").hasSize(sent + 3);
  }
}
