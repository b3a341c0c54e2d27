package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Increments that travel together get the errors that they would have got alone. */
class CombinedErrorsIT {

  private static final int CLIENTS = 8;
  private static final int ROUNDS = 400;

  private final List<RawClient> clients = new ArrayList<>();
  private HeatsinkFixture heatsink;
  private RawClient redis;

  @BeforeEach
  void start() {
    heatsink =
        HeatsinkFixture.start(
            RedisServer.start(), settings -> settings.hot(1, 0.0001, 0, Duration.ofSeconds(1)));
    redis = heatsink.direct();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(heatsink.client());
    }
  }

  @AfterEach
  void stop() {
    clients.forEach(RawClient::close);
    heatsink.close();
  }

  @ParameterizedTest
  @CsvSource({
    "-WRONGTYPE, RPUSH n x",
    "-ERR value is not an integer, SET n text",
    "-OOM, CONFIG SET maxmemory 1",
    "-NOREPLICAS, CONFIG SET min-replicas-to-write 1",
    "-READONLY, REPLICAOF 127.0.0.1 1"
  })
  void eachIsToldWhatRedisSays(String error, String cause) {
    for (int i = 0; i < ROUNDS; i++) {
      assertThat(together()).allMatch(reply -> reply.startsWith(":"));
    }
    assertThat(heatsink.metric("heatsink_combined_total")).isPositive();
    redis.call("DEL", "n");
    assertThat(redis.call(cause.split(" ", -1))).doesNotStartWith("-");
    String own = redis.call("INCR", "n");
    assertThat(own).startsWith(error);
    for (int i = 0; i < ROUNDS; i++) {
      assertThat(together()).containsOnly(own);
    }
  }

  /** All count at once; returns what each was told. */
  private List<String> together() {
    clients.forEach(client -> client.send("INCR", "n"));
    return clients.stream().map(RawClient::readText).toList();
  }

  /** Their sum depends on the order, so each is added by Redis itself. */
  @Test
  void floatingPointNumbersTravelAlone() {
    for (int i = 0; i < ROUNDS; i++) {
      clients.forEach(client -> client.send("INCRBYFLOAT", "f", "0.1"));
      clients.forEach(client -> client.send("HINCRBYFLOAT", "h", "f", "0.1"));
      clients.forEach(client -> client.send("ZINCRBY", "z", "0.1", "m"));
      for (RawClient client : clients) {
        for (int reply = 0; reply < 3; reply++) {
          assertThat(client.readText()).startsWith("$");
        }
      }
    }
    long all = (long) ROUNDS * CLIENTS;
    for (String command : List.of("incrbyfloat", "hincrbyfloat", "zincrby")) {
      assertThat(heatsink.redis().calls(command)).as(command).isEqualTo(all);
    }
  }
}
