package io.heatsink.cache;

import static io.heatsink.fake.Latin.bytes;
import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.cache.Entry.Asker;
import io.heatsink.cache.Entry.Validity;
import io.heatsink.command.LaneClock;
import io.heatsink.command.Writes;
import io.heatsink.detect.DetectorSettings;
import io.heatsink.detect.HotKeys;
import io.heatsink.fake.FakeClient;
import io.heatsink.fake.FakePipe;
import io.heatsink.fake.FakeRedis;
import io.heatsink.fake.Latin;
import io.heatsink.flight.Coalescer;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.Glob;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Level;
import io.heatsink.policy.Policies;
import io.heatsink.policy.Rule;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is kept, for whom and for how long. */
class NearCacheTest {

  private static final long SEED = 20261122;
  private static final long SECOND = 1_000_000_000L;
  private static final CachePolicy POLICY =
      new CachePolicy(1 << 20, 1_000, 60 * SECOND, 60 * SECOND, 0, 10);

  private final FakeRedis redis = new FakeRedis();
  private final FakePipe pipe = new FakePipe(redis);
  private final LaneStats stats = new LaneStats();
  private final LaneClock clock = new LaneClock();
  private final WriteGuard guard = new WriteGuard();
  private final NearCache cache = new NearCache(POLICY, guard);
  private final HotKeys hotKeys =
      new HotKeys(new DetectorSettings(1e6, 0.5, 1, 1, Duration.ofSeconds(1)));
  private final CacheReader reader = cache.newReader(hotKeys);
  private final Filler filler =
      new Filler(cache, guard, reader, new LanePolicies(Policies.NONE), clock, stats);
  private final Coalescer coalescer = new Coalescer(stats);
  private final FakeClient client = new FakeClient(pipe);
  private final long start = clock.nowNanos();

  private static long hash(String key) {
    return KeyHash.of(bytes(key));
  }

  private void get(FakeClient by, String key) {
    coalescer.read(by, request("GET", key), hash(key), filler);
  }

  private @Nullable String find(String key, long nowNanos) {
    return find(key, hash(key), 0, 1, nowNanos);
  }

  private @Nullable String find(String key, long hash, int database, int user, long nowNanos) {
    Request request = request("GET", key);
    warm(hash, request);
    Entry entry = reader.find(hash, request, 1, database, user, nowNanos);
    return entry == null ? null : text(entry, false);
  }

  static String text(Entry entry, boolean resp3) {
    ByteBuf out = Unpooled.buffer();
    entry.writeTo(out, resp3);
    assertThat(out.readableBytes()).isEqualTo(entry.replyBytes(resp3));
    return Latin.text(ByteBufUtil.getBytes(out));
  }

  /** Has the reader take this key for one that is read often. */
  private void warm(long hash, Request request) {
    for (int i = 0; i == 0 || !reader.wants(); i++) {
      assertThat(i).as("it becomes warm").isLessThan(10_000);
      reader.find(hash, request, 1, -1, -1, start);
    }
  }

  @Test
  void aReadIsKeptWithItsTimeToLive() {
    redis.values().put("a", "1");
    get(client, "a");
    assertThat(pipe.log()).as("adjacent on the wire").containsExactly("PTTL a", "GET a");
    pipe.run();
    pipe.reply();
    pipe.run();
    assertThat(find("a", start)).as("not before its reply has come").isNull();
    pipe.reply();
    assertThat(client.reply(0)).isEqualTo("$1\r\n1\r\n");
    assertThat(find("a", start)).isEqualTo("$1\r\n1\r\n");
    assertThat(find("a", start + 60 * SECOND - 1)).isEqualTo("$1\r\n1\r\n");
    assertThat(find("a", start + 60 * SECOND)).isNull();
    assertThat(stats.fills).isEqualTo(1);
  }

  @Test
  void aKeysOwnExpiryEndsItsEntry() {
    redis.values().put("a", "1");
    redis.expiresIn("a", 1_500);
    get(client, "a");
    pipe.settle();
    assertThat(find("a", start + 1_500_000_000L - 1)).isNotNull();
    assertThat(find("a", start + 1_500_000_000L)).isNull();
  }

  @Test
  void aLongExpiryDoesNotPassThePolicys() {
    redis.values().put("a", "1");
    redis.expiresIn("a", Long.MAX_VALUE / 1_000_000 + 1);
    redis.values().put("b", "1");
    redis.expiresIn("b", 3_600_000);
    get(client, "a");
    get(client, "b");
    pipe.settle();
    for (String key : new String[] {"a", "b"}) {
      assertThat(find(key, start + 60 * SECOND - 1)).as(key).isNotNull();
      assertThat(find(key, start + 60 * SECOND)).as(key).isNull();
    }
  }

  @Test
  void nilIsKeptInBothProtocols() {
    get(client, "a");
    pipe.settle();
    assertThat(find("a", start)).isEqualTo("$-1\r\n");
    Entry entry = reader.find(hash("a"), request("GET", "a"), 1, 0, 1, start);
    assertThat(text(Objects.requireNonNull(entry), true)).isEqualTo("_\r\n");
  }

  @Test
  void errorsAreNotKept() {
    redis.putList("a");
    get(client, "a");
    pipe.settle();
    assertThat(client.reply(0)).startsWith("-WRONGTYPE");
    assertThat(cache.size()).isZero();
    assertThat(stats.fillsDiscarded).isEqualTo(1);
  }

  @Test
  void largeItemsAreNotKept() {
    redis.values().put("fits", "x".repeat(1_000 - 8));
    redis.values().put("large", "x".repeat(1_000 - 7));
    get(client, "fits");
    get(client, "large");
    SplittableRandom random = new SplittableRandom(SEED);
    while (pipe.run() || pipe.reply(random)) {
      assertThat(pipe.pending()).isLessThan(5);
    }
    assertThat(client.reply(1)).hasSize(1_001);
    assertThat(find("fits", start)).hasSize(1_000);
    assertThat(find("large", start)).isNull();
  }

  /** Before the read, so that Redis remembers the key; and what it promised ends with it. */
  @Test
  void aTrackedReadIsKeptWhileThePromiseHolds() {
    pipe.tracked();
    redis.values().put("a", "1");
    get(client, "a");
    assertThat(pipe.log()).containsExactly("CLIENT CACHING YES", "PTTL a", "GET a");
    pipe.settle();
    assertThat(find("a", start)).isEqualTo("$1\r\n1\r\n");
    pipe.disconnect();
    assertThat(find("a", start)).isNull();
  }

  /** News of a change overtakes the reply that it outdates. */
  @Test
  void newsWhileAFillIsUnderWayDiscardsIt() {
    redis.values().put("a", "1");
    get(client, "a");
    guard.changed(hash("a"));
    pipe.settle();
    assertThat(find("a", start)).isNull();
    assertThat(stats.fillsDiscarded).isEqualTo(1);
  }

  /** Redis runs it after the write, and whoever asks meanwhile is answered with it. */
  @Test
  void aFillMayFollowAWriteOnItsOwnConnection() {
    redis.values().put("a", "1");
    client.write(request("SET", "a", "2"), guard, hash("a"));
    get(client, "a");
    get(new FakeClient(pipe), "a");
    assertThat(pipe.log()).containsExactly("SET a 2", "PTTL a", "GET a");
    pipe.settle();
    assertThat(find("a", start)).isEqualTo("$1\r\n2\r\n");
    assertThat(stats.coalesced).isEqualTo(1);
  }

  /** Two lanes' fills at a time, of which this one's has been answered; the other's connection. */
  private FakePipe twoLanesRead() {
    FakePipe other = new FakePipe(redis);
    Coalescer second = new Coalescer(stats);
    redis.values().put("a", "1");
    get(client, "a");
    second.read(new FakeClient(other), request("GET", "a"), hash("a"), filler);
    pipe.settle();
    return other;
  }

  /** Nobody knows which of two lanes' fills Redis ran first: neither answer is kept. */
  @Test
  void fillsOfTwoLanesAtATimeAreNotKept() {
    FakePipe other = twoLanesRead();
    assertThat(find("a", start)).isEqualTo("$1\r\n1\r\n");
    redis.values().put("a", "2");
    other.settle();
    assertThat(find("a", start)).isNull();
  }

  @Test
  void ofFillsThatSayTheSameTheFirstIsKept() {
    FakePipe other = twoLanesRead();
    other.settle();
    assertThat(find("a", start)).isEqualTo("$1\r\n1\r\n");
  }

  /** Nobody tells of it: its expiry is not known, so its coming is not believed. */
  @Test
  void aKeyThatHasComeSinceItsExpiryWasAskedIsNotKept() {
    get(client, "a");
    pipe.run();
    redis.values().put("a", "1");
    pipe.settle();
    assertThat(client.reply(0)).isEqualTo("$1\r\n1\r\n");
    assertThat(cache.size()).isZero();
    assertThat(stats.fillsDiscarded).isEqualTo(1);
  }

  @Test
  void aLostConnectionFillsNothing() {
    redis.values().put("a", "1");
    get(client, "a");
    pipe.run();
    pipe.reply();
    pipe.run();
    pipe.disconnect();
    assertThat(cache.size()).isZero();
    assertThat(stats.fillsDiscarded).isEqualTo(1);
  }

  @Test
  void aWriteSinceItsReadDiscardsALateFill() {
    redis.values().put("a", "1");
    get(client, "a");
    guard.begin(hash("a"), Writes.UNORDERED);
    guard.end(hash("a"));
    pipe.settle();
    assertThat(find("a", start)).isNull();
    get(client, "a");
    guard.beginEverything(Writes.UNORDERED);
    guard.endEverything();
    pipe.settle();
    assertThat(find("a", start)).isNull();
    assertThat(stats.fillsDiscarded).isEqualTo(2);
  }

  @Test
  void nothingFillsWhileAWriteIsUnderWay() {
    guard.begin(hash("a"), Writes.UNORDERED);
    get(client, "a");
    pipe.settle();
    guard.end(hash("a"));
    assertThat(pipe.log()).containsExactly("GET a");
    assertThat(cache.size()).isZero();
  }

  @Test
  void aWriteDropsTheEntryAtOnce() {
    redis.values().put("a", "1");
    redis.values().put("b", "1");
    get(client, "a");
    get(client, "b");
    pipe.settle();
    guard.begin(hash("a"), Writes.UNORDERED);
    guard.end(hash("a"));
    assertThat(find("a", start)).isNull();
    assertThat(find("b", start)).isNotNull();
    guard.beginEverything(Writes.UNORDERED);
    guard.endEverything();
    assertThat(find("b", start)).isNull();
    cache.sweep(start);
    assertThat(cache.size()).isZero();
  }

  /** A reader remembers what it found: each way in which that ends, while it is remembered. */
  @Test
  void whatAReaderRemembersEndsWithTheEntry() {
    redis.values().put("a", "1");
    get(client, "a");
    pipe.settle();
    assertThat(find("a", start)).isEqualTo("$1\r\n1\r\n");
    assertThat(find("a", hash("a"), 0, 2, start)).as("another user").isNull();
    assertThat(find("a", hash("a"), 1, 1, start)).as("another database").isNull();
    assertThat(find("a", start)).isNotNull();
    guard.begin(hash("a"), Writes.UNORDERED);
    assertThat(find("a", start)).as("a write is under way").isNull();
    guard.end(hash("a"));
    assertThat(find("a", start)).as("after the write").isNull();
    redis.values().put("a", "2");
    get(client, "a");
    pipe.settle();
    assertThat(find("a", start)).isEqualTo("$1\r\n2\r\n");
    guard.beginEverything(Writes.UNORDERED);
    assertThat(find("a", start)).as("anything may change").isNull();
    guard.endEverything();
    assertThat(find("a", start)).as("after that").isNull();
  }

  @Test
  void aNewEntryIsFoundAfterTheRememberedOneHasExpired() {
    redis.values().put("a", "1");
    redis.expiresIn("a", 1_500);
    get(client, "a");
    pipe.settle();
    assertThat(find("a", start)).isEqualTo("$1\r\n1\r\n");
    redis.values().put("a", "2");
    redis.expiresIn("a", 60_000);
    get(client, "a");
    pipe.settle();
    assertThat(find("a", start + 2 * SECOND)).isEqualTo("$1\r\n2\r\n");
  }

  @Test
  void keysOfOneHashShareAPlace() {
    redis.values().put("a", "1");
    redis.values().put("b", "2");
    coalescer.read(client, request("GET", "a"), 77, filler);
    pipe.settle();
    assertThat(find("a", 77, 0, 1, start)).isEqualTo("$1\r\n1\r\n");
    assertThat(find("b", 77, 0, 1, start)).isNull();
    coalescer.read(client, request("GET", "b"), 77, filler);
    pipe.settle();
    assertThat(find("b", 77, 0, 1, start)).isEqualTo("$1\r\n2\r\n");
    assertThat(find("a", 77, 0, 1, start)).isEqualTo("$1\r\n1\r\n");
    assertThat(find("bb", 77, 0, 1, start)).isNull();
    guard.changed(77);
    assertThat(find("a", 77, 0, 1, start)).isNull();
    assertThat(find("b", 77, 0, 1, start)).isNull();
  }

  @Test
  void databasesAndUsersAreKeptApart() {
    redis.values().put("a", "1");
    coalescer.read(new FakeClient(pipe, 3, 5), request("GET", "a"), 77, filler);
    pipe.settle();
    assertThat(find("a", 77, 3, 5, start)).isNotNull();
    assertThat(find("a", 77, 0, 5, start)).isNull();
    assertThat(find("a", 77, 3, 1, start)).isNull();
  }

  /** Keeps an answer to GET. */
  private boolean store(NearCache into, byte[] key, byte[] reply, long deadlineNanos) {
    long hash = KeyHash.of(key);
    byte[] bytes = Arrays.copyOf(key, key.length + reply.length);
    System.arraycopy(reply, 0, bytes, key.length, reply.length);
    Entry entry =
        new Entry(
            bytes,
            key.length,
            new Asker(0, 1, Entry.ANY_PROTOCOL),
            new Validity(start, deadlineNanos, deadlineNanos, 0, false, guard.era(), null));
    return into.store(new Fill.Read(key, hash), guard.epoch(hash), into.stores(hash), entry);
  }

  @Test
  void bytesAreBoundedUnderChurn() {
    NearCache small = new NearCache(new CachePolicy(100_000, 10_000, SECOND, SECOND, 0, 10), guard);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 20_000; i++) {
      byte[] key = bytes("key" + random.nextInt(5_000));
      long hash = KeyHash.of(key);
      store(small, key, new byte[random.nextInt(5_000)], start + SECOND);
      if (random.nextInt(10) == 0) {
        guard.begin(hash, Writes.UNORDERED);
        guard.end(hash);
      }
      assertThat(small.weightBytes()).as("seed %d", SEED).isLessThanOrEqualTo(100_000);
    }
    assertThat(small.size()).isPositive();
    assertThat(small.evictions()).isPositive();
    guard.everythingChanged();
    small.sweep(start);
    assertThat(small.weightBytes()).isZero();
    assertThat(small.size()).isZero();
  }

  /** Not every hit is told to the cache, but no key is passed over because of its turn. */
  @Test
  void allKeysThatAreReadInTurnStayInAFullCache() {
    CachePolicy policy = new CachePolicy(100_000, 10_000, 60 * SECOND, 60 * SECOND, 0, 10);
    NearCache full = new NearCache(policy, guard);
    CacheReader walker = full.newReader(hotKeys);
    int hot = 16;
    for (int i = 0; i < hot; i++) {
      assertThat(store(full, bytes("hot" + i), new byte[1_000], start + SECOND)).isTrue();
    }
    for (int cold = 0; cold < 2_000; cold++) {
      for (int read = 0; read < 10 * hot; read++) {
        String key = "hot" + read % hot;
        Entry unused = walker.find(hash(key), request("GET", key), 1, 0, 1, start);
      }
      store(full, bytes("cold" + cold), new byte[1_000], start + SECOND);
    }
    assertThat(full.evictions()).isGreaterThan(1_000);
    for (int i = 0; i < hot; i++) {
      assertThat(full.hasAnswers(hash("hot" + i))).as("hot%d", i).isTrue();
    }
  }

  @Test
  void sweepDropsWhatHasEnded() {
    for (int i = 0; i < 10; i++) {
      assertThat(store(cache, bytes("k" + i), new byte[0], start + i)).isTrue();
    }
    cache.sweep(start + 4);
    assertThat(cache.size()).isEqualTo(5);
  }

  @Test
  void lifetimesVaryWithinTheJitter() {
    CachePolicy policy = new CachePolicy(1, 1, 60 * SECOND, 2 * SECOND, 5 / 60.0, 10);
    long shortest = Long.MAX_VALUE;
    long longest = 0;
    for (int i = 0; i < 10_000; i++) {
      long ttl = policy.jitteredTtlNanos(Policies.NONE.byDefault(), true);
      assertThat(ttl).isBetween(55 * SECOND, 65 * SECOND);
      shortest = Math.min(shortest, ttl);
      longest = Math.max(longest, ttl);
    }
    assertThat(shortest).isLessThan(56 * SECOND);
    assertThat(longest).isGreaterThan(64 * SECOND);
  }

  @ParameterizedTest
  @CsvSource({
    "TRACKED, 0, true, 60", // its own TTL in seconds, if any; whether it is tracked; what holds
    "TRACKED, 0, false, 2",
    "TRACKED, 90, true, 90",
    "TRACKED, 90, false, 2",
    "TRACKED, 1, false, 1",
    "STALE_IF_ERROR, 0, false, 2",
    "TTL, 0, false, 2",
    "TTL, 90, false, 90",
  })
  void theRuleOfAKeySaysHowLongItsAnswersLive(Level level, int own, boolean tracked, int ttl) {
    CachePolicy policy = new CachePolicy(1, 1, 60 * SECOND, 2 * SECOND, 0, 10);
    Rule rule = new Rule(1, new Glob("*"), level, own * SECOND, 0);
    assertThat(policy.jitteredTtlNanos(rule, tracked)).isEqualTo(ttl * SECOND);
  }

  @Test
  void noAnswerLivesLongerUntrackedThanTracked() {
    CachePolicy policy = new CachePolicy(1, 1, SECOND, 2 * SECOND, 0, 10);
    assertThat(policy.jitteredTtlNanos(Policies.NONE.byDefault(), false)).isEqualTo(SECOND);
  }
}
