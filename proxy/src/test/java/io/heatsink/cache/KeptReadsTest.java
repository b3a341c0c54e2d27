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
import io.heatsink.flight.Coalescer;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Policies;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads other than GET: kept by what is asked, dropped by key; and MGET, answered from GET's. */
class KeptReadsTest {

  private static final long SECOND = 1_000_000_000L;
  private static final CachePolicy POLICY =
      new CachePolicy(1 << 20, 1_000, 60 * SECOND, 60 * SECOND, 0, 10);

  private final FakeRedis redis = new FakeRedis();
  private final FakePipe pipe = new FakePipe(redis).tracked();
  private final LaneStats stats = new LaneStats();
  private final LaneClock clock = new LaneClock();
  private final WriteGuard guard = new WriteGuard();
  private final NearCache cache = new NearCache(POLICY, guard);
  private final CacheReader reader =
      cache.newReader(new HotKeys(new DetectorSettings(1e6, 0.5, 1, 1, Duration.ofSeconds(1))));
  private final Filler filler =
      new Filler(cache, guard, reader, new LanePolicies(Policies.NONE), clock, stats);
  private final Coalescer coalescer = new Coalescer(stats);
  private final FakeClient client = new FakeClient(pipe);
  private final FakeClient client3 = new FakeClient(pipe).resp3();
  private final MultiGet multiGet = new MultiGet(filler);
  private final long start = clock.nowNanos();

  private static long hash(String key) {
    return KeyHash.of(bytes(key));
  }

  /** Has the answer kept. */
  private void ask(FakeClient by, String... words) {
    Request request = request(words);
    boolean isGet = words[0].equals("GET");
    long hash = isGet ? hash(words[1]) : request.hashFrom(0);
    coalescer.read(by, request, hash, isGet ? filler : filler.ofReads());
    pipe.settle();
  }

  private @Nullable String find(FakeClient by, String... words) {
    Request request = request(words);
    boolean isGet = words[0].equals("GET");
    long hash = isGet ? hash(words[1]) : request.hashFrom(0);
    for (int i = 0; i == 0 || !reader.wants(); i++) {
      assertThat(i).as("it becomes warm").isLessThan(10_000);
      reader.findRead(hash, request("NONE", words[1]), by, start);
    }
    Entry entry =
        isGet
            ? reader.find(hash, request, 1, 0, 1, start)
            : reader.findRead(hash, request, by, start);
    return entry == null ? null : NearCacheTest.text(entry, by.isResp3());
  }

  @Test
  void allThatIsReadOfOneKeyIsKeptAndDroppedTogether() {
    redis.values().put("a", "hello");
    ask(client, "STRLEN", "a");
    ask(client, "GETRANGE", "a", "0", "1");
    ask(client, "GETRANGE", "a", "1", "2");
    ask(client, "GET", "a");
    assertThat(find(client, "STRLEN", "a")).isEqualTo(":5\r\n");
    assertThat(find(client, "GETRANGE", "a", "0", "1")).isEqualTo("$2\r\nhe\r\n");
    assertThat(find(client, "GETRANGE", "a", "1", "2")).isEqualTo("$2\r\nel\r\n");
    assertThat(find(client, "GET", "a")).isEqualTo("$5\r\nhello\r\n");
    assertThat(find(client, "GETRANGE", "a", "0", "2")).isNull();
    assertThat(cache.size()).as("keys").isEqualTo(1);
    guard.changed(hash("a"));
    assertThat(find(client, "STRLEN", "a")).isNull();
    assertThat(find(client, "GETRANGE", "a", "0", "1")).isNull();
    assertThat(find(client, "GET", "a")).isNull();
  }

  /** ZSCORE and others are told differently in each. */
  @Test
  void protocolsAreKeptApartButForGet() {
    redis.values().put("a", "hello");
    ask(client, "STRLEN", "a");
    assertThat(find(client3, "STRLEN", "a")).isNull();
    ask(client3, "STRLEN", "a");
    assertThat(find(client3, "STRLEN", "a")).isEqualTo(":5\r\n");
    assertThat(find(client, "STRLEN", "a")).isEqualTo(":5\r\n");
    ask(client, "GET", "a");
    assertThat(find(client3, "GET", "a")).isEqualTo("$5\r\nhello\r\n");
  }

  @Test
  void whatIsReadAnewTakesThePlaceOfWhatWasKept() {
    redis.values().put("a", "one");
    ask(client, "STRLEN", "a");
    ask(client, "GET", "a");
    Entry before = cache.find(hash("a"));
    redis.values().put("a", "three");
    ask(client, "STRLEN", "a");
    assertThat(find(client, "STRLEN", "a")).isEqualTo(":5\r\n");
    assertThat(find(client, "GET", "a")).isEqualTo("$3\r\none\r\n");
    assertThat(before).isNotNull();
    int weight = 0;
    for (Entry each = cache.find(hash("a")); each != null; each = each.older()) {
      weight += each.weightBytes();
    }
    assertThat(cache.weightBytes()).isEqualTo(weight);
  }

  /** Of one key that is read in ever new ways only some answers are kept, the latest. */
  @Test
  void theAnswersOfOneKeyAreBounded() {
    redis.values().put("a", "x".repeat(200));
    for (int i = 0; i < 100; i++) {
      ask(client, "GETRANGE", "a", "0", Integer.toString(i));
    }
    int answers = 0;
    for (Entry each = cache.find(hash("a")); each != null; each = each.older()) {
      answers++;
    }
    assertThat(answers).isEqualTo(32);
    assertThat(find(client, "GETRANGE", "a", "0", "99")).isNotNull();
    assertThat(find(client, "GETRANGE", "a", "0", "10")).isNull();
  }

  @Test
  void whatHasEndedLeavesTheRest() {
    redis.values().put("a", "hello");
    redis.expiresIn("a", 1_000);
    ask(client, "STRLEN", "a");
    redis.expiresIn("a", 5_000);
    ask(client, "GET", "a");
    cache.sweep(start + 2 * SECOND);
    assertThat(cache.size()).isEqualTo(1);
    ask(client, "GETRANGE", "a", "0", "1");
    assertThat(find(client, "GET", "a")).isNotNull();
    assertThat(find(client, "STRLEN", "a")).isNull();
    cache.sweep(start + 9 * SECOND);
    assertThat(cache.size()).isZero();
    assertThat(cache.weightBytes()).isZero();
  }

  /** The reply may show a change whose news has not come: what else is kept waits for the news. */
  @Test
  void whatIsShownOfAKeyHoldsBackWhatElseIsKeptOfIt() {
    redis.values().put("a", "one");
    redis.values().put("b", "1");
    ask(client, "GET", "a");
    ask(client, "GET", "b");
    redis.runs(null);
    redis.execute(List.of("SET", "b", "2"));
    assertThat(find(client, "GET", "a")).isNotNull();
    ask(client, "STRLEN", "a");
    assertThat(find(client, "GET", "a")).as("the news of b is on its way").isNull();
    assertThat(find(client, "STRLEN", "a")).isEqualTo(":3\r\n");
    assertThat(redis.nextNews()).isEqualTo("b");
    assertThat(find(client, "GET", "a")).isNull();
    assertThat(redis.nextNews()).isNull();
    assertThat(find(client, "GET", "a")).isEqualTo("$3\r\none\r\n");
  }

  /** Two replies under way, of two moments: the one that comes second may be the older one. */
  @Test
  void aFillWaitsForTheNewsWhereTheKeyHasBeenShownSinceItWasSent() {
    redis.values().put("a", "one");
    redis.values().put("b", "1");
    ask(client, "GET", "b");
    Request strlen = request("STRLEN", "a");
    coalescer.read(client, strlen, strlen.hashFrom(0), filler.ofReads());
    redis.runs(null);
    redis.execute(List.of("SET", "b", "2"));
    cache.looked(hash("a"), 77);
    pipe.settle();
    assertThat(find(client, "STRLEN", "a")).isNull();
    assertThat(redis.nextNews()).isEqualTo("b");
    assertThat(redis.nextNews()).isNull();
    assertThat(find(client, "STRLEN", "a")).isEqualTo(":3\r\n");
  }

  private void mget(String... keys) {
    String[] words = new String[keys.length + 1];
    words[0] = "MGET";
    System.arraycopy(keys, 0, words, 1, keys.length);
    Request request = request(words);
    byte[] reply = multiGet.find(client, request);
    if (reply != null) {
      client.answer(reply);
    } else {
      pipe.send(request, multiGet.checked(client, request, client.reserve()));
    }
  }

  private void warm(String... keys) {
    for (String key : keys) {
      assertThat(find(client, "GET", key)).isNull();
    }
  }

  @Test
  void anMgetOfWarmKeysFetchesThemAndIsThenAnsweredFromMemory() {
    redis.values().put("a", "1");
    warm("a", "b");
    mget("a", "b");
    pipe.settle();
    assertThat(pipe.log()).as("nobody knows yet that this user may").containsExactly("MGET a b");
    mget("a", "b");
    pipe.settle();
    assertThat(pipe.log()).contains("GET a", "GET b", "PTTL a", "PTTL b").endsWith("MGET a b");
    int sent = pipe.log().size();
    mget("b", "a", "a");
    assertThat(pipe.log()).hasSize(sent);
    for (int i = 0; i < 2; i++) {
      assertThat(client.reply(i)).isEqualTo("*2\r\n$1\r\n1\r\n$-1\r\n");
    }
    assertThat(client.reply(2)).isEqualTo("*3\r\n$-1\r\n$1\r\n1\r\n$1\r\n1\r\n");
  }

  @Test
  void anMgetOfAColdKeyTravelsWhole() {
    redis.values().put("a", "1");
    mget("a");
    pipe.settle();
    ask(client, "GET", "a");
    assertThat(find(client, "GET", "a")).isNotNull();
    mget("a", "cold");
    pipe.settle();
    assertThat(pipe.log()).endsWith("MGET a cold").filteredOn("MGET a cold"::equals).hasSize(1);
  }

  /** The news of the change is still on its way. */
  @Test
  void whatAnMgetShowsToBeOutdatedIsNotServedAfterIt() {
    redis.values().put("a", "1");
    redis.values().put("b", "2");
    ask(client, "GET", "a");
    ask(client, "GET", "b");
    assertThat(find(client, "GET", "a")).isNotNull();
    assertThat(find(client, "GET", "b")).isNotNull();
    redis.values().put("a", "9");
    mget("cold", "b", "a");
    pipe.settle();
    assertThat(client.places().get(client.places().size() - 1).reply()).contains("9");
    assertThat(find(client, "GET", "a")).isNull();
    assertThat(find(client, "GET", "b")).isNotNull();
  }

  @Test
  void aRefusedMgetIsNotAnsweredFromMemory() {
    redis.values().put("a", "1");
    ask(client, "GET", "a");
    assertThat(find(client, "GET", "a")).isNotNull();
    mget("a");
    guard.everythingChanged();
    ask(client, "GET", "a");
    assertThat(find(client, "GET", "a")).isNotNull();
    int sent = pipe.log().size();
    mget("a");
    assertThat(pipe.log()).as("rights may have changed").hasSize(sent + 1);
  }

  @Test
  void oneReaderRefreshesAnAnswerBeforeItsEnd() {
    redis.values().put("a", "1");
    ask(client, "GET", "a");
    Entry entry = cache.find(hash("a"));
    assertThat(entry).isNotNull();
    if (entry != null) {
      assertThat(entry.isToBeRefreshed(start + 29 * SECOND)).isFalse();
      long late = start + 60 * SECOND - 1;
      assertThat(entry.isLive(late, guard.era())).isTrue();
      assertThat(List.of(entry.isToBeRefreshed(late), entry.isToBeRefreshed(late)))
          .as("one of two")
          .containsExactly(true, false);
    }
    filler.fetch(client, bytes("a"), hash("a"));
    redis.values().put("a", "2");
    pipe.settle();
    assertThat(find(client, "GET", "a")).isEqualTo("$1\r\n2\r\n");
    assertThat(client.places()).as("nobody waits").hasSize(1);
  }

  /** What ends with its key's own expiry would only be asked for again and again. */
  @Test
  void whatExpiresByItselfIsNotRefreshed() {
    redis.values().put("a", "1");
    redis.expiresIn("a", 10_000);
    ask(client, "GET", "a");
    Entry entry = cache.find(hash("a"));
    assertThat(entry).isNotNull();
    if (entry != null) {
      assertThat(entry.isToBeRefreshed(start + 10 * SECOND - 1)).isFalse();
    }
  }
}
