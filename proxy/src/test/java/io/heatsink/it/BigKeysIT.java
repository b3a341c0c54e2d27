package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heatsink.Heatsink;
import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisReplicas;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** Keys that nobody would call hot by number, but for the bytes of their values. */
class BigKeysIT {

  private static final int KB = 1024;
  private static final Duration COOLDOWN = Duration.ofSeconds(60);

  /** The tests send far fewer commands than make a key hot. */
  private static void byBytesOnly(TestConfig settings) {
    settings.hot(1_000, 1, 1_000, COOLDOWN).hotBytes(256 * KB);
  }

  /** A few times a second: fewer than the ten that {@code cache.min-rate} asks for. */
  private static ConditionFactory slowly() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200));
  }

  private static String value(int kilobytes) {
    return "v".repeat(kilobytes * KB);
  }

  private static JsonObject hotKey(HeatsinkFixture heatsink) {
    JsonObject state =
        JsonParser.parseString(heatsink.admin("/api/v1/state").body()).getAsJsonObject();
    return state.getAsJsonArray("hotKeys").get(0).getAsJsonObject();
  }

  @Test
  void whatIsReadAFewTimesASecondIsKeptForItsBytes() {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(RedisServer.start(), BigKeysIT::byBytesOnly);
        RawClient client = heatsink.client()) {
      client.call("SET", "big", value(900));
      client.call("SET", "small", "v");
      slowly()
          .until(
              () -> {
                client.call("GET", "small");
                client.call("GET", "big");
                return client.call("HEATSINK", "POLICY", "big").contains("kept\r\n:1\r\n");
              });
      long before = heatsink.redis().calls("get");
      assertThat(client.call("GET", "big")).hasSizeGreaterThan(900 * KB);
      assertThat(heatsink.redis().calls("get")).isEqualTo(before);
      slowly()
          .untilAsserted(
              () -> {
                client.call("GET", "big");
                JsonObject key = hotKey(heatsink);
                assertThat(key.get("key").getAsString()).isEqualTo("big");
                assertThat(key.get("heat").toString()).isEqualTo("[\"big\"]");
                assertThat(key.get("remedy").getAsString()).isEqualTo("near cache");
                assertThat(key.get("bytesPerSecond").getAsLong()).isGreaterThan(256 * KB);
                assertThat(key.get("byteShare").getAsDouble()).isGreaterThan(0.5);
              });
      assertThat(client.call("HEATSINK", "HOTKEYS")).contains("big", "bytes_per_second");
      assertThat(heatsink.admin("/api/v1/events").body()).contains("went hot", "MB/s");
    }
  }

  @Test
  void whatIsWrittenIsCountedToo() {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(RedisServer.start(), BigKeysIT::byBytesOnly);
        RawClient client = heatsink.client()) {
      slowly()
          .until(
              () -> {
                client.call("SET", "uploaded", value(500));
                return heatsink.admin("/hotkeys").body().contains("uploaded");
              });
      assertThat(hotKey(heatsink).get("heat").toString()).isEqualTo("[\"big\"]");
    }
  }

  @Test
  void aValueThatHasBecomeSmallIsNotBig() {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(
                RedisServer.start(),
                settings -> {
                  byBytesOnly(settings);
                  settings.hot(1_000, 1, 1_000, Duration.ofMillis(100));
                });
        RawClient client = heatsink.client()) {
      client.call("SET", "k", value(150));
      slowly()
          .until(
              () -> {
                client.call("GET", "k");
                return heatsink.admin("/hotkeys").body().contains("\"big\"");
              });
      client.call("SET", "k", "v");
      slowly()
          .until(
              () -> {
                client.call("GET", "k");
                return !heatsink.admin("/hotkeys").body().contains("\"big\"");
              });
    }
  }

  @Test
  void whatIsNotKeptIsReadFromAReplicaWhereARuleSaysSo() {
    try (RedisReplicas redis = RedisReplicas.start(1)) {
      TestConfig config = TestConfig.beforeReplicas(redis.ports());
      byBytesOnly(config);
      config.replicas("big:*", Level.COALESCED, Duration.ofMillis(500));
      try (Heatsink heatsink = Heatsink.start(config.build());
          RawClient client = RawClient.connect(heatsink.address())) {
        await().until(() -> client.call("SET", "big:1", value(500)).equals("+OK\r\n"));
        slowly()
            .until(
                () -> {
                  client.call("GET", "big:1");
                  return AdminClient.metric(heatsink, "heatsink_replica_reads_total") > 3;
                });
        String state = AdminClient.get(heatsink, "/api/v1/hotkeys").body();
        assertThat(state).contains("\"remedy\":\"coalesced, replicas\"");
      }
    }
  }
}
