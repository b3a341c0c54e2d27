package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** HOTKEYS as Redis 8.6 has it, before a Redis that has it not. */
class HotKeyPeriodIT {

  private static final String[] START = {"HOTKEYS", "START", "METRICS", "2", "CPU", "NET"};

  @Test
  void countsInAPeriodThatAClientBeginsAndEnds() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client();
        RawClient client3 = heatsink.client3()) {
      await().until(() -> heatsink.admin("/ready").statusCode() == 200);
      assertThat(client.call("HOTKEYS", "GET")).isEqualTo("*-1\r\n");
      assertThat(client3.call("HOTKEYS", "GET")).isEqualTo("_\r\n");
      assertThat(client.call("HOTKEYS", "STOP")).startsWith("-ERR");
      assertThat(client.call(START)).isEqualTo("+OK\r\n");
      assertThat(client.call(START)).startsWith("-ERR");
      client.call("SET", "k", "v");
      heatsink.absorb(client, "k");
      await()
          .untilAsserted(
              () -> {
                heatsink.absorb(client, "k");
                assertThat(client.call("HOTKEYS", "GET"))
                    .startsWith("*1\r\n*16\r\n$15\r\ntracking-active\r\n:1\r\n")
                    .contains("$14\r\nby-cpu-time-us\r\n*2\r\n$1\r\nk\r\n:");
              });
      assertThat(client3.call("HOTKEYS", "GET")).startsWith("*1\r\n%8\r\n");
      assertThat(client.call("HOTKEYS", "RESET")).startsWith("-ERR");
      assertThat(client.call("HOTKEYS", "STOP")).isEqualTo("+OK\r\n");
      assertThat(client.call("HOTKEYS", "GET")).contains("tracking-active\r\n:0\r\n", "\r\nk\r\n");
      assertThat(client.call("HOTKEYS", "RESET")).isEqualTo("+OK\r\n");
      assertThat(client.call("HOTKEYS", "GET")).isEqualTo("*-1\r\n");
    }
  }

  @Test
  void endsByItselfAndSaysWhatItCannot() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      assertThat(client.call("HOTKEYS", "START", "METRICS", "1", "NET"))
          .startsWith("-ERR Heatsink");
      assertThat(client.call("HOTKEYS", "START", "METRICS", "3", "CPU")).startsWith("-ERR");
      assertThat(client.call("HOTKEYS", "START", "METRICS", "1", "CPU", "SLOTS", "1", "0"))
          .startsWith("-ERR Heatsink does not count by SLOTS");
      assertThat(client.call("HOTKEYS", "START")).startsWith("-ERR");
      assertThat(client.call("HOTKEYS", "OTHER")).startsWith("-ERR unknown subcommand");
      assertThat(
              client.call("HOTKEYS", "START", "METRICS", "1", "CPU", "COUNT", "5", "DURATION", "1"))
          .isEqualTo("+OK\r\n");
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> client.call("HOTKEYS", "GET").contains("tracking-active\r\n:0\r\n"));
    }
  }
}
