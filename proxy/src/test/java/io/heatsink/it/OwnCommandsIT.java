package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** HEATSINK and INFO heatsink, in the client's protocol. */
class OwnCommandsIT {

  @Test
  void tellsOfItself() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client();
        RawClient client3 = heatsink.client3()) {
      client.call("SET", "k", "v");
      heatsink.absorb(client, "k");
      assertThat(client.call("HEATSINK", "STATS"))
          .startsWith("*")
          .contains("$17\r\nconnected_clients\r\n:2\r\n")
          .contains("$8\r\nhot_keys\r\n:1\r\n")
          .contains("$8\r\ntracking\r\n")
          .contains("primary 127.0.0.1:" + heatsink.redis().port() + ", 0 replicas\r\n");
      assertThat(client3.call("heatsink", "stats")).startsWith("%").contains("cache_hits\r\n:");
      assertThat(client3.call("HEATSINK", "HOTKEYS"))
          .startsWith("*1\r\n%7\r\n$3\r\nkey\r\n$1\r\nk\r\n$8\r\ndatabase\r\n:0\r\n$4\r\nheat\r\n")
          .contains("$4\r\nrate\r\n,");
      assertThat(client.call("HEATSINK", "HOTKEYS", "0")).isEqualTo("*0\r\n");
      assertThat(client.call("HEATSINK", "HELP")).startsWith("*").contains("+FLUSH [<key>]\r\n");
    }
  }

  @Test
  void flushForgetsWhatWasKept() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client();
        RawClient direct = heatsink.direct()) {
      client.call("SET", "k", "old");
      heatsink.absorb(client, "k");
      direct.call("SET", "k", "new");
      assertThat(client.call("HEATSINK", "FLUSH")).isEqualTo("+OK\r\n");
      assertThat(client.call("GET", "k")).isEqualTo("$3\r\nnew\r\n");
    }
  }

  @Test
  void infoHasASectionWhenAskedByName() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client();
        RawClient client3 = heatsink.client3()) {
      assertThat(client.call("INFO", "heatsink"))
          .startsWith("$")
          .contains("# Heatsink\r\nversion:")
          .contains("\r\nconnected_clients:2\r\n");
      assertThat(client3.call("INFO", "heatsink")).startsWith("=").contains("\r\ntxt:# Heatsink");
      if (heatsink.redis().isAtLeast(7, 0)) {
        assertThat(client.call("INFO", "server", "HEATSINK"))
            .contains("redis_version:")
            .contains("\r\n\r\n# Heatsink\r\n");
      }
      assertThat(client.call("INFO")).doesNotContain("# Heatsink");
    }
  }

  private static void tells(RawClient client, String key, String level, String why) {
    assertThat(client.call("HEATSINK", "POLICY", key))
        .contains("$5\r\nlevel\r\n" + Scene.bulk(level) + "$3\r\nwhy\r\n" + Scene.bulk(why));
  }

  @Test
  void tellsWhichLevelAKeyHasAndWhy() {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(
                RedisServer.start(),
                settings ->
                    settings
                        .rule("fresh:*", Level.FRESH)
                        .rule("shared:*", Level.COALESCED)
                        .rule("ttl:*", Level.TTL, Duration.ofSeconds(5), null)
                        .rule("own:*", Level.STALE_IF_ERROR, null, Duration.ofMinutes(10))
                        .split("*:likes", 4));
        RawClient client = heatsink.client();
        RawClient client3 = heatsink.client3()) {
      client.call("SET", "k", "v");
      await()
          .until(
              () -> {
                heatsink.absorb(client, "k");
                return client.call("HEATSINK", "POLICY", "k").contains("\r\ntracked\r\n");
              });
      assertThat(client.call("HEATSINK", "POLICY", "k"))
          .startsWith("*14\r\n$3\r\nkey\r\n$1\r\nk\r\n$5\r\nlevel\r\n$7\r\ntracked\r\n")
          .contains("$3\r\nwhy\r\n$7\r\ndefault\r\n$6\r\nttl_ms\r\n:60000\r\n")
          .contains("$12\r\nmax_stale_ms\r\n:-1\r\n$4\r\nheat\r\n$4\r\nread\r\n")
          .endsWith("$4\r\nkept\r\n:1\r\n");
      await().until(() -> client3.call("HEATSINK", "POLICY", "k").contains("\r\ntracked\r\n"));
      assertThat(client3.call("heatsink", "policy", "own:1"))
          .startsWith("%7\r\n$3\r\nkey\r\n$5\r\nown:1\r\n")
          .contains("$14\r\nstale-if-error\r\n", "ttl_ms\r\n:60000", "stale_ms\r\n:600000")
          .contains("$4\r\nheat\r\n$4\r\nnone\r\n$4\r\nkept\r\n:0\r\n");
      assertThat(client.call("HEATSINK", "POLICY", "ttl:1")).contains("ttl_ms\r\n:5000\r\n");
      assertThat(client.call("HEATSINK", "POLICY", "fresh:1")).contains("ttl_ms\r\n:-1\r\n");
      tells(client, "fresh:1", "fresh", "rule 1, pattern 'fresh:*'");
      tells(client, "shared:1", "coalesced", "rule 2, pattern 'shared:*'");
      tells(client, "ttl:1", "ttl", "rule 3, pattern 'ttl:*'");
      tells(client, "fresh:likes", "coalesced", "a counter split by pattern '*:likes'");
      client.call("HEATSINK", "FRESH", "ON");
      tells(client, "k", "fresh", "this client wants fresh reads (HEATSINK FRESH, or its name)");
      client3.call("SUBSCRIBE", "news");
      tells(client3, "k", "fresh", "this client has a connection to Redis of its own now");
    }
  }

  @Test
  void tellsWhyALevelIsNotReached() {
    try (HeatsinkFixture uncached =
            HeatsinkFixture.start(RedisServer.start(), settings -> settings.cache(false));
        HeatsinkFixture alone =
            HeatsinkFixture.start(
                RedisServer.start(),
                settings ->
                    settings.detector(false).coalescing(false).rule("shared", Level.COALESCED));
        HeatsinkFixture untracked =
            HeatsinkFixture.start(
                RedisServer.start("--rename-command", "CLIENT", ""), settings -> {});
        RawClient one = uncached.client();
        RawClient two = alone.client();
        RawClient three = untracked.client()) {
      String off =
          "default says tracked, but the near cache is off (cache.enabled, detector.enabled)";
      tells(one, "k", "coalesced", off);
      tells(two, "k", "fresh", off + " and coalescing is off");
      tells(
          two, "shared", "fresh", "rule 1, pattern 'shared' says coalesced, but coalescing is off");
      tells(
          three,
          "k",
          "ttl",
          "default says tracked, but Redis does not track what this connection reads, or not yet");
      assertThat(three.call("HEATSINK", "POLICY", "k")).contains("ttl_ms\r\n:1000\r\n");
    }
  }

  @Test
  void whoMayNotAskIsTold() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      assertThat(client.call("HEATSINK"))
          .isEqualTo("-ERR wrong number of arguments for 'heatsink' command\r\n");
      assertThat(client.call("HEATSINK", "STATS", "x"))
          .isEqualTo("-ERR wrong number of arguments for 'heatsink|stats' command\r\n");
      assertThat(client.call("HEATSINK", "x"))
          .isEqualTo("-ERR unknown subcommand 'x'. Try HEATSINK HELP.\r\n");
      assertThat(client.call("HEATSINK", "HOTKEYS", "x"))
          .isEqualTo("-ERR value is not an integer or out of range\r\n");
      assertThat(client.call("HEATSINK", "POLICY"))
          .isEqualTo("-ERR wrong number of arguments for 'heatsink|policy' command\r\n");
      assertThat(client.call("HEATSINK", "POLICY", "k", "l"))
          .isEqualTo("-ERR wrong number of arguments for 'heatsink|policy' command\r\n");
      heatsink.redis().call("ACL", "SETUSER", "joe", "on", ">p", "+get", "~*");
      client.call("AUTH", "joe", "p");
      assertThat(client.call("HEATSINK", "HOTKEYS")).startsWith("-NOPERM");
      assertThat(client.call("HEATSINK", "POLICY", "k")).startsWith("-NOPERM");
      assertThat(client.call("HEATSINK", "FRESH", "ON")).isEqualTo("+OK\r\n");
    }
  }
}
