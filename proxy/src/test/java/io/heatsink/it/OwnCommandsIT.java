package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
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
          .contains("$8\r\ntracking\r\n");
      assertThat(client3.call("heatsink", "stats")).startsWith("%").contains("cache_hits\r\n:");
      assertThat(client3.call("HEATSINK", "HOTKEYS"))
          .startsWith("*1\r\n%6\r\n$3\r\nkey\r\n$1\r\nk\r\n$8\r\ndatabase\r\n:0\r\n$4\r\nheat\r\n")
          .contains("$4\r\nrate\r\n,");
      assertThat(client.call("HEATSINK", "HOTKEYS", "0")).isEqualTo("*0\r\n");
      assertThat(client.call("HEATSINK", "HELP")).startsWith("*").contains("+FLUSH\r\n");
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
      heatsink.redis().call("ACL", "SETUSER", "joe", "on", ">p", "+get", "~*");
      client.call("AUTH", "joe", "p");
      assertThat(client.call("HEATSINK", "HOTKEYS")).startsWith("-NOPERM");
    }
  }
}
