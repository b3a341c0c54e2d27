package io.heatsink.it;

import static io.heatsink.it.Scene.NEW;
import static io.heatsink.it.Scene.NIL;
import static io.heatsink.it.Scene.OK;
import static io.heatsink.it.Scene.OLD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.quality.LeakWatch;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlowWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What other proxies that answer hot keys were found to do wrong, a test for each. */
class KnownHolesIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private HeatsinkFixture heatsink;
  private Scene scene;

  @BeforeEach
  void start() {
    heatsink = HeatsinkFixture.start();
    scene = new Scene(heatsink);
  }

  @AfterEach
  void stop() {
    scene.close();
    heatsink.close();
  }

  /** A hot cache that no write invalidates; {@link CoherenceIT} has every kind of write. */
  @Test
  void aWriteIsSeenAtOnce() {
    scene.hot();
    for (int i = 0; i < 100; i++) {
      String value = "value" + i;
      assertThat(scene.writer.call("SET", "k", value)).isEqualTo(OK);
      assertThat(scene.reader.call("GET", "k")).isEqualTo(Scene.bulk(value));
    }
  }

  @Test
  void aKeysOwnExpiryEndsItsAnswers() {
    scene.hot();
    String deadline = "redis.call('SET','k','old') return redis.call('PEXPIRE','k',200)";
    for (String[] write :
        List.of(
            new String[] {"SET", "k", "old", "PX", "200"},
            new String[] {"PSETEX", "k", "200", "old"},
            new String[] {"PEXPIRE", "k", "200"},
            new String[] {"EVAL", deadline, "0"})) {
      for (int round = 0; round < 3; round++) {
        scene.writer.call("SET", "k", "old");
        scene.reader.call("GET", "k");
        assertThat(scene.writer.call(write)).doesNotStartWith("-");
        readUntilGone(write[0], System.nanoTime() + 200_000_000L);
      }
    }
  }

  private void readUntilGone(String write, long goneNanos) {
    long asked;
    int served = 0;
    // Redis counts in whole ms, from a moment up to one turn of its loop before the reply.
    long tolerance = 5_000_000L;
    do {
      asked = System.nanoTime();
      String reply = scene.reader.call("GET", "k");
      if (asked > goneNanos + tolerance) {
        assertThat(reply).as("%s: after its expiry", write).isEqualTo(NIL);
      } else if (reply.equals(OLD)) {
        served++;
      }
    } while (asked < goneNanos + 100_000_000L);
    assertThat(served).as("%s: reads before the expiry", write).isPositive();
  }

  @Test
  void selectIsNotIgnored() {
    scene.hot();
    assertThat(scene.reader.call("SELECT", "1")).isEqualTo(OK);
    heatsink.absorb(scene.reader, "k");
    assertThat(scene.reader.call("GET", "k")).isEqualTo(NEW);
    assertThat(scene.writer.call("GET", "k")).isEqualTo(OLD);
    List<String> replies =
        Scene.pipeline(
            scene.reader,
            "SELECT 0",
            "GET k",
            "SELECT 1",
            "GET k",
            "SELECT 2",
            "GET k",
            "SELECT 99",
            "GET k",
            "SELECT 0",
            "GET k");
    String outOfRange = "-ERR DB index is out of range\r\n";
    assertThat(replies).containsExactly(OK, OLD, OK, NEW, OK, NIL, outOfRange, NIL, OK, OLD);
  }

  /** {@link AccessIT} has what else an unauthenticated client may try. */
  @Test
  void nothingIsAnsweredBeforeAuth() {
    RedisServer redis = RedisServer.start("--requirepass", "open sesame");
    try (HeatsinkFixture closed = HeatsinkFixture.start(redis, settings -> {});
        RawClient friend = closed.client();
        RawClient stranger = closed.client()) {
      assertThat(friend.call("AUTH", "open sesame")).isEqualTo(OK);
      assertThat(friend.call("SET", "k", "old")).isEqualTo(OK);
      closed.absorb(friend, "k");
      for (int i = 0; i < 100; i++) {
        assertThat(stranger.call("GET", "k")).startsWith("-NOAUTH ");
        assertThat(friend.call("GET", "k")).isEqualTo(OLD);
      }
    }
  }

  @Test
  void nothingIsAnsweredInsideMulti() {
    scene.hot();
    heatsink.redis().call("SET", "k", "new");
    long before = heatsink.redis().calls("get");
    assertThat(scene.writer.call("MULTI")).isEqualTo(OK);
    assertThat(scene.writer.call("GET", "k")).isEqualTo("+QUEUED\r\n");
    assertThat(scene.reader.call("GET", "k")).isIn(OLD, NEW);
    assertThat(scene.writer.call("GET", "k")).isEqualTo("+QUEUED\r\n");
    assertThat(scene.writer.call("EXEC")).isEqualTo("*2\r\n" + NEW + NEW);
    assertThat(heatsink.redis().calls("get") - before).isGreaterThanOrEqualTo(2);
    List<String> replies = Scene.pipeline(scene.writer, "GET k", "MULTI", "GET k", "EXEC", "GET k");
    assertThat(replies.subList(1, 4)).containsExactly(OK, "+QUEUED\r\n", "*1\r\n" + NEW);
  }

  /**
   * Whoever refreshes a hot key may leave, or lose Redis, in the middle: the next one takes over.
   */
  @Test
  void whoFetchesAHotKeyLeavesNoLockBehind() {
    RedisServer redis = RedisServer.start();
    try (SlowWire wire = SlowWire.to(redis.port());
        HeatsinkFixture through = HeatsinkFixture.start(redis, c -> c.through(wire.port()));
        RawClient reader = through.client()) {
      redis.call("SET", "k", "old");
      through.absorb(reader, "k");
      for (int i = 0; i < 20; i++) {
        RawClient fetcher = through.client();
        fetcher.call("SET", "k", "old");
        redis.pause();
        fetcher.send("GET", "k");
        if (i % 2 == 0) {
          fetcher.reset();
        } else {
          wire.cut();
        }
        redis.resume();
        Awaitility.await().atMost(LIMIT).until(() -> reader.call("GET", "k").equals(OLD));
        fetcher.close();
      }
      through.absorb(reader, "k");
    }
  }

  @Test
  void noHerdFollowsAnExpiry() throws Exception {
    Duration ttl = Duration.ofMillis(200);
    int lifetimes = 10;
    AtomicBoolean over = new AtomicBoolean();
    try (HeatsinkFixture shortLived =
            HeatsinkFixture.start(RedisServer.start(), c -> c.cacheTtl(ttl));
        RawClient reader = shortLived.client();
        Crowd crowd = new Crowd(shortLived::client)) {
      reader.call("SET", "k", "old");
      shortLived.absorb(reader, "k");
      shortLived.redis().resetStats();
      List<Future<Integer>> readers = crowd.start(50, (i, client) -> readUntil(over, client));
      long start = System.nanoTime();
      Awaitility.await().pollDelay(ttl.multipliedBy(lifetimes)).until(() -> true);
      over.set(true);
      int reads = Crowd.join(readers, LIMIT).stream().mapToInt(read -> read).sum();
      double ended = (double) (System.nanoTime() - start) / ttl.toNanos() / (1 - 5 / 60.0);
      assertThat(reads).isGreaterThan(1000);
      // Two for each time that an answer ended: one on the wire, one behind it.
      assertThat(shortLived.redis().calls("get")).isBetween(1L, 2 * (long) (ended + 2));
    }
  }

  private static int readUntil(AtomicBoolean over, RawClient client) {
    int reads = 0;
    while (!over.get()) {
      assertThat(client.call("GET", "k")).isEqualTo(OLD);
      reads++;
    }
    return reads;
  }

  @Test
  void memoryIsBoundedInBytesAndNotInEntries() {
    int bound = 1_000_000;
    try (HeatsinkFixture small =
            HeatsinkFixture.start(RedisServer.start(), c -> c.cacheMaxBytes(bound));
        RawClient client = small.client()) {
      List<byte[]> reads = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        client.call("SET", "big" + i, "x".repeat(100_000));
        reads.add(RawClient.encode("GET", "big" + i));
      }
      for (int i = 0; i < 100 || small.metric("heatsink_cache_evictions") == 0; i++) {
        client.pipeline(reads);
        assertThat(small.metric("heatsink_cache_bytes")).isLessThanOrEqualTo(bound);
      }
      assertThat(small.metric("heatsink_cache_bytes")).isGreaterThan(bound / 2.0);
      assertThat(small.metric("heatsink_cache_entries")).isLessThan(10);
    }
  }

  @Test
  void binaryKeysThatCollideAsTextAreKeptApart() {
    byte[] first = {'k', (byte) 0xff};
    byte[] second = {'k', (byte) 0xfe};
    byte[] set = "SET".getBytes(UTF_8);
    byte[] get = "GET".getBytes(UTF_8);
    scene.writer.call(set, first, "first".getBytes(UTF_8));
    scene.writer.call(set, second, "second".getBytes(UTF_8));
    heatsink.absorb(scene.reader, first);
    heatsink.absorb(scene.reader, second);
    assertThat(scene.reader.call(get, first)).isEqualTo(Scene.bulk("first"));
    assertThat(scene.reader.call(get, second)).isEqualTo(Scene.bulk("second"));
    scene.writer.call(set, first, "changed".getBytes(UTF_8));
    assertThat(scene.reader.call(get, first)).isEqualTo(Scene.bulk("changed"));
    assertThat(scene.reader.call(get, second)).isEqualTo(Scene.bulk("second"));
  }

  @Test
  void twoHotKeysWithEqualCountsAreBothShown() {
    List<byte[]> reads = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      reads.add(RawClient.encode("GET", "twin:a"));
      reads.add(RawClient.encode("GET", "twin:b"));
    }
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              scene.reader.pipeline(reads);
              String hot = heatsink.admin("/hotkeys").body();
              assertThat(hot).contains("\"twin:a\"", "\"twin:b\"");
            });
  }

  @Test
  void whoLeavesInTheMiddleOfAReplyLeaksNothing() {
    scene.writer.call("SET", "k", "x".repeat(500_000));
    heatsink.absorb(scene.reader, "k");
    byte[] hits = RawClient.join(Collections.nCopies(20, RawClient.encode("GET", "k")));
    byte[] misses =
        RawClient.join(Collections.nCopies(20, RawClient.encode("GETRANGE", "k", "0", "-1")));
    for (int i = 0; i < 100; i++) {
      RawClient leaver = RawClient.connectNarrow(heatsink.address(), 16 * 1024);
      leaver.sendRaw(i % 2 == 0 ? hits : misses);
      if (i % 4 < 2) {
        leaver.readReply();
      }
      leaver.reset();
    }
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> heatsink.metric("heatsink_connected_clients") == 3);
    assertThat(LeakWatch.collect()).isEmpty();
  }

  @Test
  void helloIsAnsweredWithTheProtocolItAsksFor() {
    assertThat(scene.writer.call("HELLO")).startsWith("*14\r\n").contains("$5\r\nproto\r\n:2\r\n");
    assertThat(scene.writer.call("HELLO", "3"))
        .startsWith("%7\r\n")
        .contains("$5\r\nproto\r\n:3\r\n");
    assertThat(scene.writer.call("HELLO", "9")).startsWith("-NOPROTO ");
    assertThat(scene.writer.call("HELLO")).startsWith("%7\r\n");
    assertThat(scene.writer.call("HELLO", "2", "SETNAME", "me")).startsWith("*14\r\n");
    assertThat(scene.writer.call("CLIENT", "GETNAME")).isEqualTo(Scene.bulk("me"));
    assertThat(scene.writer.call("RESET")).isEqualTo("+RESET\r\n");
    assertThat(scene.writer.call("CLIENT", "GETNAME")).isIn(NIL, Scene.bulk(""));
  }

  @Test
  void anUnknownCommandDoesNotHang() {
    try (RawClient proxied = heatsink.client();
        RawClient direct = heatsink.direct()) {
      for (String command : List.of("NOSUCH", "FT.SEARCH idx *", "JSON.GET k $", "get2 a b c")) {
        String[] words = command.split(" ", -1);
        assertThat(proxied.call(words)).isEqualTo(direct.call(words));
      }
      assertThat(proxied.call("PING")).isEqualTo("+PONG\r\n");
    }
  }
}
