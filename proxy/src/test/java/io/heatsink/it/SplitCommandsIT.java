package io.heatsink.it;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Commands on split counters before one Redis. */
class SplitCommandsIT extends SplitCommands {

  private HeatsinkFixture heatsink;
  private RawClient redis;

  @BeforeAll
  void start() {
    heatsink = HeatsinkFixture.start(RedisServer.start(), SplitCommands::rules);
    redis = heatsink.direct();
  }

  @AfterAll
  void stop() {
    heatsink.close();
  }

  @Override
  RawClient newClient() {
    return heatsink.client();
  }

  @Override
  String direct(String... words) {
    return redis.call(words);
  }
}
