package io.heatsink.it;

import static io.heatsink.it.Scene.NEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each key's reads are as fresh as the first rule asks that matches the key, however hot it is. */
class PolicyIT {

  private static final int CLIENTS = 8;
  private static final int READS = 2_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long TTL_MILLIS = 400;

  /** What jitter adds to that TTL, and a busy machine between a clock and a socket. */
  private static final long OLDEST_MILLIS = TTL_MILLIS + TTL_MILLIS * 5 / 60 + 250;

  private static HeatsinkFixture heatsink;

  private RawClient client;
  private RawClient direct;

  @BeforeAll
  static void startHeatsink() {
    heatsink =
        HeatsinkFixture.start(
            RedisServer.start(),
            settings ->
                settings
                    .rule("fresh:*", Level.FRESH)
                    .rule("shared:*", Level.COALESCED)
                    .rule("ttl:*", Level.TTL, Duration.ofMillis(TTL_MILLIS), null));
  }

  @AfterAll
  static void stopHeatsink() {
    heatsink.close();
  }

  @BeforeEach
  void connect() {
    client = heatsink.client();
    direct = heatsink.direct();
    direct.call("FLUSHALL");
  }

  @AfterEach
  void disconnect() {
    client.close();
    direct.close();
  }

  /** Has a crowd send this read; answers how many of that command reached Redis. */
  private static long atRedis(String... read) throws Exception {
    String command = read[0].toLowerCase(Locale.ROOT);
    long before = heatsink.redis().calls(command);
    try (Crowd crowd = new Crowd(heatsink::client)) {
      crowd.run(
          CLIENTS,
          LIMIT,
          (number, member) ->
              member.pipeline(Collections.nCopies(READS, RawClient.encode(read))).size());
    }
    return heatsink.redis().calls(command) - before;
  }

  private static void isHot(String key) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              long unused = atRedis("GET", key);
              return heatsink.admin("/hotkeys").body().contains('"' + key + '"');
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET fresh:a", "STRLEN fresh:a", "MGET other fresh:a"})
  void eachReadOfAFreshKeyReachesRedis(String read) throws Exception {
    client.call("SET", "fresh:a", "old");
    isHot("fresh:a");
    assertThat(atRedis(read.split(" ", -1))).isEqualTo((long) CLIENTS * READS);
    direct.call("SET", "fresh:a", "new");
    assertThat(client.call("GET", "fresh:a")).isEqualTo(NEW);
  }

  @Test
  void readsOfACoalescedKeyShareFlightsAndNoneIsKept() throws Exception {
    client.call("SET", "shared:a", "old");
    isHot("shared:a");
    double hits = heatsink.metric("heatsink_cache_hits_total");
    double fills = heatsink.metric("heatsink_cache_fills_total");
    assertThat(atRedis("GET", "shared:a")).isLessThan((long) CLIENTS * READS);
    assertThat(heatsink.metric("heatsink_cache_hits_total")).isEqualTo(hits);
    assertThat(heatsink.metric("heatsink_cache_fills_total")).isEqualTo(fills);
    assertThat(atRedis("MGET", "shared:a", "shared:a")).isEqualTo((long) CLIENTS * READS);
    assertThat(atRedis("STRLEN", "shared:a")).isLessThan((long) CLIENTS * READS);
    assertThat(heatsink.metric("heatsink_cache_hits_total")).isEqualTo(hits);
    for (int i = 0; i < 100; i++) {
      direct.call("SET", "shared:a", "v" + i);
      assertThat(client.call("GET", "shared:a")).isEqualTo(Scene.bulk("v" + i));
    }
  }

  @Test
  void aKeyWithATtlIsNotTrackedAndNeverOlder() {
    track();
    direct.call("SET", "other", "x"); // which ends that Redis tracks it
    direct.call("SET", "ttl:a", "old");
    for (String value : List.of("new", "old", "new", "old")) {
      heatsink.absorb(client, "ttl:a");
      long written = System.nanoTime();
      direct.call("SET", "ttl:a", value);
      while (!client.call("GET", "ttl:a").equals(Scene.bulk(value))) {
        assertThat((System.nanoTime() - written) / 1e6).isLessThan(OLDEST_MILLIS);
      }
    }
    assertThat(trackedKeys()).isZero();
    assertThat(heatsink.metric("heatsink_backend_tracked")).isPositive();
    // Where others' writes show late, those through Heatsink do not.
    client.call("SET", "ttl:a", "x");
    assertThat(client.call("GET", "ttl:a")).isEqualTo(Scene.bulk("x"));
  }

  /** Reads a key without a rule until Redis tracks it. */
  private void track() {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              heatsink.absorb(client, "other");
              return trackedKeys() > 0;
            });
  }

  private static long trackedKeys() {
    return Long.parseLong(heatsink.redis().info("stats").get("tracking_total_keys"));
  }

  @Test
  void theDefaultIsForAllOtherKeys() {
    try (HeatsinkFixture strict =
            HeatsinkFixture.start(
                RedisServer.start(),
                settings -> settings.level(Level.FRESH).rule("feed:*", Level.TRACKED));
        RawClient reader = strict.client()) {
      reader.call("SET", "feed:1", "old");
      strict.absorb(reader, "feed:1");
      strict.redis().resetStats();
      List<byte[]> reads = Collections.nCopies(READS, RawClient.encode("GET", "k"));
      assertThat(reader.pipeline(reads)).hasSize(READS);
      Map<String, Long> calls = strict.redis().commandCalls();
      assertThat(calls).containsEntry("get", (long) READS);
    }
  }
}
