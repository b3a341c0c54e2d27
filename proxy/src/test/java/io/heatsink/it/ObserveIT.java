package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heatsink.terminal.SuggestCommand;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * In the mode that only observes, Redis is asked everything, and told is what need not have been.
 */
class ObserveIT {

  private static final int READS = 20_000;

  private static JsonObject suggestion(HeatsinkFixture heatsink) {
    return JsonParser.parseString(heatsink.admin("/api/v1/suggest").body()).getAsJsonObject();
  }

  private static List<byte[]> words(String... words) {
    byte[][] bytes = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      bytes[i] = words[i].getBytes(StandardCharsets.UTF_8);
    }
    return Collections.nCopies(1_000, RawClient.encode(bytes));
  }

  private static void read(RawClient client, String key) {
    for (int i = 0; i < READS / 1_000; i++) {
      client.pipeline(words("GET", key));
    }
  }

  @Test
  void redisAnswersEverythingAndTheSavingIsTold() {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(RedisServer.start(), settings -> settings.observing());
        RawClient client = heatsink.client()) {
      client.call("SET", "product:1", "v");
      long gets = heatsink.redis().calls("get");
      long incrs = heatsink.redis().calls("incr");
      read(client, "product:1");
      for (int i = 0; i < 20; i++) {
        client.pipeline(words("INCR", "likes:1"));
      }
      assertThat(heatsink.redis().calls("get") - gets).isEqualTo(READS);
      assertThat(heatsink.redis().calls("incr") - incrs).isEqualTo(20_000);
      assertThat(heatsink.redis().calls("incrby")).isZero();
      await()
          .untilAsserted(
              () -> {
                read(client, "product:1");
                client.pipeline(words("INCR", "likes:1"));
                JsonObject suggestion = suggestion(heatsink);
                assertThat(suggestion.get("suggestion").getAsString())
                    .contains("product:*", "likes:*", "level: tracked", "mode: active");
              });
      JsonObject would = suggestion(heatsink).getAsJsonObject("would");
      assertThat(would.get("hits").getAsLong()).isGreaterThan(READS / 2);
      assertThat(would.get("combined").getAsLong()).isPositive();
      assertThat(would.get("savedRatio").getAsDouble()).isGreaterThan(0.5);
      int admin = Objects.requireNonNull(heatsink.heatsink().adminAddress()).getPort();
      StringWriter out = new StringWriter();
      new CommandLine(new SuggestCommand())
          .setOut(new PrintWriter(out, true))
          .execute("--admin=127.0.0.1:" + admin);
      assertThat(out.toString()).contains("mode: active", "level: tracked");
      assertThat(client.call("HEATSINK", "SUGGEST")).contains("policy:", "product:*");
      assertThat(client.call("HEATSINK", "STATS")).contains("observe", "would_hit");
      assertThat(client.call("HEATSINK", "POLICY", "product:1")).contains("mode: observe", "fresh");
      assertThat(heatsink.metric("heatsink_would_hit_total")).isGreaterThan(READS / 2.0);
      assertThat(heatsink.metric("heatsink_cache_hits_total")).isZero();
      assertThat(heatsink.metric("heatsink_coalesced_total")).isZero();
      assertThat(heatsink.metric("heatsink_combined_total")).isZero();
      assertThat(heatsink.metric("heatsink_observing")).isEqualTo(1);
    }
  }

  @Test
  void whatWouldBeSavedIsWhatIsSavedThen() {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(RedisServer.start(), settings -> settings.observing());
        RawClient client = heatsink.client()) {
      TestConfig config = TestConfig.before(heatsink.redis().port());
      client.call("SET", "k", "v");
      double would = saved(heatsink, client, "would_hit", "would_coalesce");
      heatsink.heatsink().apply(config.build());
      await().until(() -> client.call("HEATSINK", "POLICY", "k").contains("default"));
      double saved = saved(heatsink, client, "cache_hits", "coalesced");
      assertThat(would / saved).isBetween(0.9, 1.1);
      heatsink.heatsink().apply(config.observing().build());
      await().until(() -> client.call("HEATSINK", "POLICY", "k").contains("mode: observe"));
      long gets = heatsink.redis().calls("get");
      read(client, "k");
      assertThat(heatsink.redis().calls("get") - gets).isEqualTo(READS);
    }
  }

  /** Of as many reads, with a write now and then. */
  private static double saved(HeatsinkFixture heatsink, RawClient client, String... counts) {
    double before = sum(heatsink, counts);
    for (int i = 0; i < 5; i++) {
      read(client, "k");
      client.call("SET", "k", "v" + i);
    }
    return sum(heatsink, counts) - before;
  }

  private static double sum(HeatsinkFixture heatsink, String... counts) {
    return Arrays.stream(counts)
        .mapToDouble(count -> heatsink.metric("heatsink_" + count + "_total"))
        .sum();
  }
}
