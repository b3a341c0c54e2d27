package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.config.HeatsinkConfig.SplitCounter.Reply;
import io.heatsink.config.HeatsinkConfig.SplitCounter.When;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is shown of a split counter whose steps had to be sent a second time. */
class SplitReadingsIT {

  private static final String KEY = "n:1";
  private static final int ROUNDS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofSeconds(60);

  /**
   * Redis has forgotten the scripts, so all steps of a pipeline are sent again, and its reading is
   * done once more, behind an increment that has its turn after it.
   */
  @Test
  void whatIsCountedBehindAReadingThatIsDoneAgainIsShownOnce() {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(
                RedisServer.start(),
                settings -> settings.split("n:*", 4, When.ALWAYS, Reply.OK, LONG, LONG));
        RawClient client = heatsink.client();
        RawClient redis = heatsink.direct()) {
      int counted = 0;
      for (int round = 0; round < ROUNDS; round++) {
        counted += split(client);
        assertThat(redis.call("SCRIPT", "FLUSH")).isEqualTo("+OK\r\n");
        List<byte[]> pipeline = new ArrayList<>();
        for (String command : List.of("INCR", "GET", "INCR")) {
          pipeline.add(RawClient.encode(command, KEY));
        }
        // A command on another key: the increment before it does not wait for the first one then.
        pipeline.add(RawClient.encode("GET", "other"));
        client.pipeline(pipeline);
        counted += 2;
        assertThat(client.call("GET", KEY)).as("round %d", round).isEqualTo(bulk(counted));
        assertThat(client.call("HEATSINK", "FOLD", KEY)).contains("folded\r\n:1\r\n");
        assertThat(redis.call("GET", KEY)).as("round %d, folded", round).isEqualTo(bulk(counted));
      }
    }
  }

  /** Counts until that is done on shards, without a reading; returns how often it was. */
  private static int split(RawClient client) {
    int[] times = new int[1];
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              times[0]++;
              return client.call("INCR", KEY).equals("+OK\r\n");
            });
    return times[0];
  }

  private static String bulk(int number) {
    String digits = Integer.toString(number);
    return "$" + digits.length() + "\r\n" + digits + "\r\n";
  }
}
