package io.heatsink.route;

import static io.heatsink.fake.Latin.bytes;
import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.cache.CachePolicy;
import io.heatsink.cache.CacheReader;
import io.heatsink.cache.Filler;
import io.heatsink.cache.NearCache;
import io.heatsink.cache.WriteGuard;
import io.heatsink.command.CommandTable;
import io.heatsink.command.LaneClock;
import io.heatsink.counter.SplitCounters;
import io.heatsink.detect.DetectorSettings;
import io.heatsink.detect.HotKeys;
import io.heatsink.detect.Sampled;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client's own reads, in one pipeline, of a key of which something is kept. */
class RouterTest {

  private static final long SECOND = 1_000_000_000L;

  private final FakeRedis redis = new FakeRedis();
  private final FakePipe pipe = new FakePipe(redis).tracked();
  private final LaneStats stats = new LaneStats();
  private final LaneClock clock = new LaneClock();
  private final WriteGuard guard = new WriteGuard();
  private final NearCache cache =
      new NearCache(new CachePolicy(1 << 20, 1_000, 60 * SECOND, 60 * SECOND, 0, 10), guard);
  private final HotKeys hotKeys =
      new HotKeys(new DetectorSettings(1e6, 0.5, 1, 1, Duration.ofSeconds(1)));
  private final CacheReader reader = cache.newReader(hotKeys);
  private final LanePolicies policies = new LanePolicies(Policies.NONE);
  private final Filler filler = new Filler(cache, guard, reader, policies, clock, stats);
  private final CommandTable commands = CommandTable.shipped();
  private final Router router =
      new Router(
          new Rooms(
              hotKeys,
              null,
              new Sampled(),
              filler,
              null,
              policies,
              new Coalescer(stats),
              true,
              null,
              new SplitCounters(List.of(), stats, guard),
              guard,
              clock,
              stats));
  private final FakeClient client = new FakeClient(pipe);

  private void send(String... words) {
    Request request = request(words);
    router.route(client, request, commands.find(request));
  }

  private void warm(String key) {
    long hash = KeyHash.of(bytes(key));
    for (int i = 0; i == 0 || !reader.wants(); i++) {
      assertThat(i).as("it becomes warm").isLessThan(10_000);
      reader.find(hash, request("GET", key), 1, 0, 1, clock.nowNanos());
    }
  }

  /** Has what GET answers kept. */
  private void keep(String key) {
    warm(key);
    send("GET", key);
    pipe.settle();
    int sent = pipe.log().size();
    send("GET", key);
    assertThat(client.last().isDone()).as("it is kept").isTrue();
    assertThat(pipe.log()).hasSize(sent);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MGET cold k", "STRLEN k", "GETRANGE k 0 9"})
  void nothingKeptIsAnsweredBehindAReadUnderWay(String read) {
    redis.values().put("k", "old");
    keep("k");
    send(read.split(" ", -1));
    send("GET", "k");
    assertThat(client.last().isDone()).isFalse();
    redis.values().put("k", "new!");
    pipe.settle();
    assertThat(client.last().reply()).isEqualTo("$4\r\nnew!\r\n");
  }

  /** What the reply shows is not followed by what was kept before. */
  @ParameterizedTest
  @ValueSource(strings = {"MGET cold k", "STRLEN k", "GETRANGE k 0 9"})
  void nothingOlderIsAnsweredAfterIt(String read) {
    redis.values().put("k", "old");
    keep("k");
    redis.runs(null);
    redis.execute(List.of("SET", "k", "new!"));
    send(read.split(" ", -1));
    pipe.settle();
    send("GET", "k");
    pipe.settle();
    assertThat(client.last().reply()).isEqualTo("$4\r\nnew!\r\n");
  }

  /** The flight that is on the wire may have been run before the read that waits. */
  @Test
  void aReadThatMayNotJoinIsNotFollowedByOneThatDoes() {
    redis.values().put("k", "old");
    keep("k");
    guard.changed(KeyHash.of(bytes("k")));
    FakeClient other = new FakeClient(pipe);
    router.route(other, request("GET", "k"), commands.find(request("GET", "k")));
    while (pipe.run()) {
      assertThat(pipe.pending()).isPositive();
    }
    redis.values().put("k", "new!");
    send("MGET", "cold", "k");
    send("GET", "k");
    send("GET", "k");
    pipe.settle();
    assertThat(other.last().reply()).isEqualTo("$3\r\nold\r\n");
    for (int i = 2; i < 5; i++) {
      assertThat(client.reply(i)).endsWith("$4\r\nnew!\r\n");
    }
  }

  /**
   * Two connections, as two protocols, users or lanes have, and a key that is not worth another
   * fill yet: the read that travels alone shows more than the fill that is still under way.
   */
  @Test
  void whatAReadHasShownHoldsBackTheFillThatWasSentBefore() {
    redis.values().put("k", "old");
    FakePipe second = new FakePipe(redis).tracked();
    FakeClient filling = new FakeClient(second);
    warm("k");
    Request get = request("GET", "k");
    for (int fills = 1; reader.wants(); fills++) {
      assertThat(fills).as("fills that spare nothing come to an end").isLessThan(10);
      second.settle();
      guard.changed(KeyHash.of(bytes("k")));
      router.route(filling, get, commands.find(get));
      reader.find(KeyHash.of(bytes("k")), get, 1, 0, 1, clock.nowNanos());
    }
    while (second.run()) {
      assertThat(second.pending()).isPositive();
    }
    redis.runs(null);
    redis.execute(List.of("SET", "k", "new!"));
    send("GET", "k");
    pipe.settle();
    assertThat(client.last().reply()).isEqualTo("$4\r\nnew!\r\n");
    second.settle();
    send("GET", "k");
    pipe.settle();
    assertThat(client.last().reply()).isEqualTo("$4\r\nnew!\r\n");
  }

  @Test
  void readsOfOtherKeysAreAnsweredAtOnce() {
    redis.values().put("k", "old");
    keep("k");
    send("MGET", "cold", "colder");
    send("STRLEN", "cold");
    send("GET", "k");
    assertThat(client.last().isDone()).isTrue();
  }
}
