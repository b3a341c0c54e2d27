package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sampled hits are asked of Redis too, and those that it replies to otherwise are counted. */
class ShadowReadsIT {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int ROUND = 100;

  private static final List<String> READS =
      List.of(
          "GET k",
          "GET nothing",
          "STRLEN k",
          "HGETALL hash",
          "HGET hash nothing",
          "LRANGE list 0 -1",
          "ZSCORE zset a",
          "ZRANGE zset 0 -1 WITHSCORES");

  private static double hits(HeatsinkFixture heatsink) {
    return heatsink.metric("heatsink_cache_hits_total");
  }

  /** How many were counted, once all replies up to now have come. */
  private static double staleHits(HeatsinkFixture heatsink, RawClient client) {
    client.call("GET", "on the same connection");
    return heatsink.metric("heatsink_stale_hits_total");
  }

  /** Reads until so many reads in a row are answered from memory. */
  private static void absorb(HeatsinkFixture heatsink, RawClient client, String command) {
    await()
        .atMost(SOON)
        .until(
            () -> {
              double before = hits(heatsink);
              read(client, command);
              return hits(heatsink) - before == ROUND;
            });
  }

  private static void read(RawClient client, String command) {
    client.pipeline(Collections.nCopies(ROUND, RawClient.encode(command.split(" ", -1))));
  }

  private static void prepare(RawClient direct) {
    direct.call("SET", "k", "x".repeat(100_000));
    direct.call("HSET", "hash", "f", "1", "g", "2.5");
    direct.call("RPUSH", "list", "a", "b");
    direct.call("ZADD", "zset", "2.5", "a", "3e100", "b");
  }

  @Test
  void nothingDiffersWhenNobodyWrites() {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(RedisServer.start(), settings -> settings.shadowRate(1));
        RawClient client = heatsink.client();
        RawClient client3 = heatsink.client3();
        RawClient direct = heatsink.direct()) {
      prepare(direct);
      for (String command : READS) {
        absorb(heatsink, client, command);
        absorb(heatsink, client3, command);
      }
      assertThat(staleHits(heatsink, client) + staleHits(heatsink, client3)).isZero();
      assertThat(heatsink.metric("heatsink_staleness_seconds")).isZero();
      assertThat(heatsink.metric("heatsink_shadow_reads_total"))
          .isGreaterThanOrEqualTo(2.0 * ROUND * READS.size())
          .isEqualTo(hits(heatsink));
      assertThat(client.call("HEATSINK", "STATS"))
          .contains("shadow_reads\r\n:" + (long) hits(heatsink), "stale_hits\r\n:0\r\n");
    }
  }

  /** Redis is not asked to tell of the change, so that every hit after it is stale. */
  @Test
  void eachStaleHitIsCountedWithItsAge() {
    long born = System.nanoTime();
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(
                RedisServer.start(),
                settings -> settings.level(Level.TTL).cacheTtl(Duration.ofHours(1)).shadowRate(1));
        RawClient client = heatsink.client();
        RawClient direct = heatsink.direct()) {
      prepare(direct);
      absorb(heatsink, client, "GET k");
      absorb(heatsink, client, "GET nothing");
      assertThat(staleHits(heatsink, client)).isZero();
      direct.call("APPEND", "k", "y");
      direct.call("SET", "nothing", "something");
      read(client, "GET k");
      assertThat(staleHits(heatsink, client)).isEqualTo(ROUND);
      read(client, "GET nothing");
      assertThat(staleHits(heatsink, client)).isEqualTo(2 * ROUND);
      assertThat(heatsink.metric("heatsink_staleness_seconds_count")).isEqualTo(2.0 * ROUND);
      double mean = heatsink.metric("heatsink_staleness_seconds_sum") / (2.0 * ROUND);
      assertThat(mean).isPositive().isLessThan((System.nanoTime() - born) / 1e9 * 1.02);
    }
  }

  @Test
  void offByDefault() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      heatsink.absorb(client, "k");
      assertThat(hits(heatsink)).isPositive();
      assertThat(heatsink.metric("heatsink_shadow_reads_total")).isZero();
    }
  }
}
