package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Increments of a field of a hash travel together, and each client gets its own number. */
class CombinedFieldsIT {

  private static final int CLIENTS = 8;
  private static final int ROUNDS = 1_000;

  @Test
  void eachGetsItsOwnNumber() {
    try (HeatsinkFixture heatsink = start()) {
      List<RawClient> clients = clients(heatsink);
      Set<String> numbers = new HashSet<>();
      for (int round = 0; round < ROUNDS; round++) {
        // Names whose bytes run into each other, and a key that is like one of them.
        clients.forEach(client -> client.send("HINCRBY", "h", "f", "1"));
        clients.forEach(client -> client.send("HINCRBY", "hf", "", "-2"));
        clients.forEach(client -> client.send("INCR", "f"));
        for (RawClient client : clients) {
          numbers.add(client.readText());
          assertThat(client.readText()).startsWith(":-");
          assertThat(client.readText()).startsWith(":");
        }
      }
      assertThat(numbers).hasSize(CLIENTS * ROUNDS).contains(":" + CLIENTS * ROUNDS + "\r\n");
      RawClient redis = heatsink.direct();
      assertThat(redis.call("HGET", "hf", "")).contains("-" + 2 * CLIENTS * ROUNDS);
      assertThat(redis.call("GET", "f")).contains("" + CLIENTS * ROUNDS);
      assertThat(heatsink.redis().calls("hincrby")).isLessThan(2L * CLIENTS * ROUNDS);
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void eachGetsItsOwnError() {
    try (HeatsinkFixture heatsink = start()) {
      RawClient redis = heatsink.direct();
      redis.call("HSET", "h", "text", "x", "full", Long.toString(Long.MAX_VALUE));
      List<RawClient> clients = clients(heatsink);
      for (int round = 0; round < ROUNDS; round++) {
        clients.forEach(client -> client.send("HINCRBY", "h", "text", "1"));
        clients.forEach(client -> client.send("HINCRBY", "h", "full", "1"));
        clients.forEach(client -> client.send("HINCRBY", "h", "full", "x"));
        for (RawClient client : clients) {
          assertThat(client.readText()).isEqualTo("-ERR hash value is not an integer\r\n");
          assertThat(client.readText()).isEqualTo("-ERR increment or decrement would overflow\r\n");
          assertThat(client.readText())
              .isEqualTo("-ERR value is not an integer or out of range\r\n");
        }
      }
      clients.forEach(RawClient::close);
    }
  }

  private static HeatsinkFixture start() {
    return HeatsinkFixture.start(
        RedisServer.start(), settings -> settings.hot(1, 0.0001, 0, Duration.ofSeconds(1)));
  }

  private static List<RawClient> clients(HeatsinkFixture heatsink) {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(heatsink.client());
    }
    return clients;
  }
}
