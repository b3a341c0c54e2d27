package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads other than GET of a hot key: answered from memory, byte for byte, until it changes. */
class KeptReadsIT {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int ROUND = 100;

  private static final String KEPT =
      """
      GETRANGE string 1 3
      SUBSTR string 0 -1
      STRLEN string
      EXISTS string
      EXISTS nothing
      TYPE string
      TYPE nothing
      GETBIT string 3
      BITCOUNT string
      BITPOS string 1
      BITFIELD_RO string GET u4 0
      HGET hash f
      HGET hash nothing
      HGET nothing f
      HMGET hash f nothing g
      HGETALL hash
      HGETALL nothing
      HLEN hash
      HKEYS hash
      HVALS hash
      HEXISTS hash f
      HSTRLEN hash g
      LINDEX list 1
      LLEN list
      LRANGE list 0 -1
      LPOS list b COUNT 0
      SMEMBERS set
      SISMEMBER set a
      SMISMEMBER set a nothing
      SCARD set
      ZRANGE zset 0 -1 WITHSCORES
      ZRANGEBYSCORE zset 1 3
      ZREVRANGE zset 0 -1
      ZSCORE zset b
      ZSCORE zset nothing
      ZMSCORE zset a c
      ZCARD zset
      ZCOUNT zset 1 3
      ZRANK zset b
      ZREVRANK zset nothing
      GEOPOS geo Palermo nothing
      GEODIST geo Palermo Catania
      GEOHASH geo Palermo
      GEOSEARCH geo FROMLONLAT 15 37 BYRADIUS 200 km WITHDIST
      XLEN stream
      XRANGE stream - +
      MGET string other nothing
      """;

  private static HeatsinkFixture heatsink;

  private RawClient client;
  private RawClient client3;
  private RawClient direct;
  private RawClient direct3;

  @BeforeAll
  static void startHeatsink() {
    heatsink =
        HeatsinkFixture.start(
            RedisServer.start(),
            settings -> settings.cacheTtl(Duration.ofHours(1)).untrackedTtl(Duration.ofMillis(20)));
  }

  @AfterAll
  static void stopHeatsink() {
    heatsink.close();
  }

  @BeforeEach
  void connect() {
    client = heatsink.client();
    client3 = heatsink.client3();
    direct = heatsink.direct();
    direct3 = heatsink.direct();
    direct3.call("HELLO", "3");
    for (String command :
        List.of(
            "FLUSHALL",
            "SET string hello",
            "SET other world",
            "HSET hash f 1 g 2.5 h 3",
            "RPUSH list a b c b",
            "SADD set a b 3",
            "ZADD zset 1 a 2.5 b 3e100 c",
            "GEOADD geo 13.36 38.11 Palermo 15.08 37.5 Catania",
            "XADD stream 1-1 f v",
            "XADD stream 2-1 f w")) {
      assertThat(direct.call(command.split(" ", -1))).doesNotStartWith("-");
    }
  }

  @AfterEach
  void disconnect() {
    List.of(client, client3, direct, direct3).forEach(RawClient::close);
  }

  static Stream<String> kept() {
    return KEPT.lines();
  }

  private static long calls(String command) {
    return heatsink.redis().calls(command.split(" ", 2)[0].toLowerCase(Locale.ROOT));
  }

  /** Reads until Redis hears of none of it. */
  private static void absorb(RawClient by, String command) {
    byte[] read = RawClient.encode(command.split(" ", -1));
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              by.pipeline(Collections.nCopies(ROUND, read));
              long before = calls(command);
              by.pipeline(Collections.nCopies(ROUND, read));
              return calls(command) == before;
            });
  }

  @ParameterizedTest
  @MethodSource("kept")
  void itIsAnsweredFromMemoryUntilTheKeyChanges(String command) {
    String[] words = command.split(" ", -1);
    absorb(client, command);
    absorb(client3, command);
    // What another client has asked for waits a moment for the news, and is asked for anew at
    // times.
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              long before = calls(command);
              assertThat(client.call(words)).isEqualTo(direct.call(words));
              assertThat(client3.call(words)).isEqualTo(direct3.call(words));
              assertThat(calls(command) - before).as("straight to Redis").isEqualTo(2);
            });
    direct.call("DEL", words[1]);
    String gone = direct.call(words);
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(1))
        .untilAsserted(() -> assertThat(client.call(words)).isEqualTo(gone));
    absorb(client, command);
    client.call("RPUSH", words[1], "x");
    assertThat(client.call(words)).as("its own write").isEqualTo(direct.call(words));
  }

  /** What tells of time or chance, or is no read, is always asked for. */
  @ParameterizedTest
  @ValueSource(
      strings = {"TTL string", "PTTL string", "EXPIRETIME string", "SRANDMEMBER set", "DUMP set"})
  void itIsNeverKept(String command) {
    byte[] read = RawClient.encode(command.split(" ", -1));
    for (int i = 0; i < 30; i++) {
      client.pipeline(Collections.nCopies(ROUND, read));
    }
    long before = calls(command);
    client.call(command.split(" ", -1));
    assertThat(calls(command) - before).isEqualTo(1);
  }

  /** Whoever may GET a key may still not be let read it in other ways. */
  @Test
  void whatOneMayNotRunIsNotAnsweredFromMemory() {
    direct.call("ACL", "SETUSER", "getter", "on", "nopass", "~*", "+get", "+pttl", "+client");
    absorb(client, "STRLEN string");
    absorb(client, "MGET string other");
    try (RawClient getter = heatsink.client()) {
      assertThat(getter.call("AUTH", "getter", "x")).isEqualTo("+OK\r\n");
      byte[] get = RawClient.encode("GET", "string");
      byte[] other = RawClient.encode("GET", "other");
      for (int i = 0; i < 10; i++) {
        getter.pipeline(Collections.nCopies(ROUND, get));
        getter.pipeline(Collections.nCopies(ROUND, other));
      }
      for (int i = 0; i < ROUND; i++) {
        assertThat(getter.call("STRLEN", "string")).startsWith("-NOPERM");
        assertThat(getter.call("MGET", "string", "other")).startsWith("-NOPERM");
      }
    }
  }

  /** Binary words, in any case, are told apart. */
  @Test
  void requestsAreToldApartByTheirBytes() {
    byte[] key = "h\r\n*\0ash".getBytes(StandardCharsets.ISO_8859_1);
    byte[] hget = "hGeT".getBytes(StandardCharsets.ISO_8859_1);
    direct.call("HSET", "h\r\n*\0ash", "f", "1");
    direct.call("HSET", "h\r\n*\0ash", "F", "2");
    for (int i = 0; i < 50; i++) {
      for (String[] field : new String[][] {{"f", "1"}, {"F", "2"}}) {
        byte[] read = RawClient.encode(hget, key, field[0].getBytes(StandardCharsets.ISO_8859_1));
        List<byte[]> replies = client.pipeline(Collections.nCopies(ROUND, read));
        assertThat(replies)
            .allSatisfy(reply -> assertThat(Scene.text(reply)).isEqualTo(Scene.bulk(field[1])));
      }
    }
  }
}
