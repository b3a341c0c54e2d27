package io.heatsink.it;

import static io.heatsink.it.Scene.NEW;
import static io.heatsink.it.Scene.NIL;
import static io.heatsink.it.Scene.OLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlowWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A write that bypasses the proxy shows as soon as Redis tells of it, and never later. */
class TrackingIT {

  /** No answer would be renewed in time if Redis did not tell of its change. */
  private static final Duration FOREVER = Duration.ofHours(1);

  private static final Duration SOON = Duration.ofSeconds(2);
  private static final int COLD_KEYS = 2_000;

  private static HeatsinkFixture heatsink;

  private Scene scene;
  private RawClient stranger;

  @BeforeAll
  static void startHeatsink() {
    heatsink =
        HeatsinkFixture.start(
            RedisServer.start(),
            settings -> settings.cacheTtl(FOREVER).untrackedTtl(Duration.ofMillis(20)));
  }

  @AfterAll
  static void stopHeatsink() {
    heatsink.close();
  }

  @BeforeEach
  void connect() {
    scene = new Scene(heatsink);
    stranger = heatsink.direct();
  }

  @AfterEach
  void disconnect() {
    scene.close();
    stranger.close();
  }

  /** Reads until the answers in memory are ones that Redis tracks. */
  private void track(RawClient reader) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              heatsink.absorb(reader, "k");
              return trackedKeys() > 0;
            });
  }

  private static long trackedKeys() {
    return Long.parseLong(heatsink.redis().info("stats").get("tracking_total_keys"));
  }

  private static void shows(RawClient reader, String value) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> reader.call("GET", "k").equals(value));
  }

  @ParameterizedTest
  @CsvSource({
    "SET k new, new",
    "DEL k,",
    "RENAME src k, new",
    "PEXPIRE k 1,",
    "'EVAL redis.call(\"SET\",\"k\",\"new\") 0', new",
    "FLUSHALL,",
    "FLUSHDB,",
  })
  void aForeignWriteShows(String command, String value) {
    track(scene.reader);
    stranger.call(command.split(" ", -1));
    shows(scene.reader, value == null ? NIL : Scene.bulk(value));
    assertThat(heatsink.metric("heatsink_invalidations_total")).isPositive();
  }

  @Test
  void aForeignWriteShowsInResp3() {
    track(scene.reader3);
    stranger.call("SET", "k", "new");
    shows(scene.reader3, NEW);
  }

  @Test
  void aForeignWriteShowsInItsDatabase() {
    scene.reader.call("SELECT", "1");
    scene.writer.call("SELECT", "1");
    scene.writer.call("SET", "k", "old");
    track(scene.reader);
    stranger.call("SELECT", "1");
    stranger.call("SET", "k", "new");
    shows(scene.reader, NEW);
  }

  /** Entries filled before the loss are not believed after it, whichever connection it was. */
  @Test
  void theConnectionThatTheNewsComesOnIsLost() {
    track(scene.reader);
    Matcher redirected =
        Pattern.compile("redir=([1-9][0-9]*)").matcher(stranger.call("CLIENT", "LIST"));
    assertThat(redirected.find()).isTrue();
    stranger.call("CLIENT", "KILL", "ID", redirected.group(1));
    stranger.call("SET", "k", "new");
    shows(scene.reader, NEW);
    track(scene.reader);
    stranger.call("SET", "k", "old");
    shows(scene.reader, OLD);
  }

  @Test
  void everyConnectionIsLost() {
    track(scene.reader);
    stranger.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    stranger.call("SET", "k", "new");
    shows(scene.reader, NEW);
    track(scene.reader);
    stranger.call("SET", "k", "old");
    shows(scene.reader, OLD);
  }

  /** Redis remembers the keys whose answers are kept, and none of the others. */
  @Test
  void trackingIsForKeptKeysOnly() {
    track(scene.reader);
    List<byte[]> cold = new ArrayList<>();
    for (int i = 0; i < COLD_KEYS; i++) {
      cold.add(RawClient.encode("GET", "cold:" + i));
    }
    scene.reader.pipeline(cold);
    assertThat(trackedKeys()).isBetween(1L, COLD_KEYS / 20L);
  }

  @Test
  void readinessTellsThatChangesAreTold() {
    track(scene.reader);
    assertThat(readiness(heatsink, "tracking")).isEqualTo("on");
    try (HeatsinkFixture fresh = HeatsinkFixture.start()) {
      assertThat(readiness(fresh, "tracking")).isEqualTo("not yet asked");
    }
  }

  private static String readiness(HeatsinkFixture of, String name) {
    String body = of.admin("/ready").body();
    return JsonParser.parseString(body).getAsJsonObject().get(name).getAsString();
  }

  /**
   * A Redis that cannot track, or may not, or is older than 6.0: answers are as old as the shorter
   * TTL allows, and no older; and an operator is told why, in Redis' words.
   */
  @ParameterizedTest
  @CsvSource({
    "--rename-command CLIENT -, ERR unknown command",
    "--rename-command HELLO -, HELLO",
    "--user default on nopass ~* &* +@all -client|tracking, NOPERM",
    "--user default on nopass ~* &* +@all -client|caching, NOPERM",
  })
  void withoutTrackingAnswersLiveShortly(String arguments, String why) {
    String[] words = arguments.split(" ", -1);
    RedisServer redis =
        RedisServer.start(
            Arrays.stream(words).map(word -> word.equals("-") ? "" : word).toArray(String[]::new));
    try (HeatsinkFixture untracked =
            HeatsinkFixture.start(
                redis,
                settings -> settings.cacheTtl(FOREVER).untrackedTtl(Duration.ofMillis(300)));
        RawClient reader = untracked.client();
        RawClient writer = untracked.direct()) {
      writer.call("SET", "k", "old");
      untracked.absorb(reader, "k");
      writer.call("SET", "k", "new");
      shows(reader, NEW);
      assertThat(untracked.metric("heatsink_backend_tracked")).isZero();
      assertThat(untracked.admin("/ready").statusCode()).isEqualTo(200);
      assertThat(readiness(untracked, "tracking")).startsWith("off (").contains(why);
      untracked.redis().resetStats();
      untracked.absorb(reader, "k");
      assertThat(untracked.redis().calls("client|tracking")).as("it is not asked again").isZero();
    }
  }

  /** That is no refusal of Redis', which would hold for 30 s. */
  @Test
  void theConnectionThatTheNewsComesOnCannotBeOpenedForAMoment() {
    RedisServer redis = RedisServer.start();
    try (SlowWire wire = SlowWire.to(redis.port());
        HeatsinkFixture behind =
            HeatsinkFixture.start(
                redis,
                settings -> settings.through(wire.port()).untrackedTtl(Duration.ofMillis(20)));
        RawClient reader = behind.client()) {
      reader.call("SET", "k", "v");
      wire.refuses(true);
      behind.absorb(reader, "k");
      assertThat(behind.metric("heatsink_backend_tracked")).isZero();
      assertThat(readiness(behind, "tracking")).isEqualTo("not yet asked");
      wire.refuses(false);
      await()
          .atMost(Duration.ofSeconds(15))
          .until(
              () -> {
                behind.absorb(reader, "k");
                return behind.metric("heatsink_backend_tracked") > 0;
              });
    }
  }
}
