package io.heatsink.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.Heatsink;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.TestConfig;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The training run takes the ways that an archive should hold. */
@Timeout(60)
final class TrainingTest {

  @Test
  void theStandInAnswersWhatTrainingAsks() throws IOException {
    try (StandInRedis redis = StandInRedis.start();
        RawClient client = RawClient.connect(redis.port())) {
      assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
      assertThat(client.call("GET", "any")).startsWith("$1024\r\n");
      assertThat(client.call("INCR", "any")).isEqualTo(":1\r\n");
      assertThat(client.call("COMMAND")).startsWith("-ERR");
      assertThat(client.call("SET", "any", "value")).isEqualTo("+OK\r\n");
    }
  }

  @Test
  void afterARunTheProxyStillServes() throws IOException {
    try (StandInRedis redis = StandInRedis.start();
        Heatsink heatsink = Heatsink.start(TestConfig.before(redis.port()).build())) {
      Training.run(heatsink.address(), Objects.requireNonNull(heatsink.adminAddress()));
      try (RawClient client = RawClient.connect(heatsink.address())) {
        assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
      }
    }
  }
}
