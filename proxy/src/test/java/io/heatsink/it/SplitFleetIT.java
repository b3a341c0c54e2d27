package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.config.HeatsinkConfig.SplitCounter.Reply;
import io.heatsink.config.HeatsinkConfig.SplitCounter.When;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sidecars that come and go, cool down, differ, or count in several databases. */
class SplitFleetIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(1);

  private RedisServer redis;
  private RawClient direct;

  @BeforeEach
  void start() {
    redis = RedisServer.start();
    direct = redis.client();
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  private TestConfig config() {
    return TestConfig.before(redis.port());
  }

  private Heatsink always(int shards, Duration foldAfter) {
    return Heatsink.start(
        config()
            .split("n:*", shards, When.ALWAYS, Reply.APPROXIMATE, Duration.ZERO, foldAfter)
            .build());
  }

  private boolean isSplit(String key) {
    String heads = direct.call("KEYS", "heatsink:head:{*}:" + key);
    return heads.startsWith("*1") && "$1\r\ns\r\n".equals(ofHead(key, "s"));
  }

  private String ofHead(String key, String field) {
    return direct.call("HGET", head(key), field);
  }

  private String head(String key) {
    return direct.call("KEYS", "heatsink:head:{*}:" + key).split("\r\n", -1)[2];
  }

  private void split(RawClient client, String key) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(client.call("INCRBY", key, "0")).startsWith(":");
              return isSplit(key);
            });
  }

  private void awaitWhole(String key) {
    await()
        .atMost(PATIENCE)
        .until(() -> direct.call("KEYS", "heatsink:*" + key + "*").equals("*0\r\n"));
  }

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  @Test
  void splitWhileItIsHotAndFoldedWhenItHasCooledDown() {
    TestConfig config = config().hot(500, 0.01, 100, SHORT);
    config.split("n:*", 4, When.HOT, Reply.APPROXIMATE, Duration.ofMillis(100), SHORT);
    try (Heatsink heatsink = Heatsink.start(config.build());
        RawClient client = RawClient.connect(heatsink.address())) {
      long counted = 0;
      for (; counted < 20; counted++) {
        assertThat(client.call("INCR", "n:1")).isEqualTo(":" + (counted + 1) + "\r\n");
      }
      assertThat(isSplit("n:1")).as("a few increments are not many").isFalse();
      List<byte[]> many = Collections.nCopies(500, RawClient.encode("INCR", "n:1"));
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (!isSplit("n:1") && System.nanoTime() < until) {
        client.pipeline(many);
        counted += many.size();
      }
      assertThat(isSplit("n:1")).as("write-hot").isTrue();
      client.pipeline(many);
      counted += many.size();
      assertThat(client.call("GET", "n:1")).isEqualTo(bulk("" + counted));
      awaitWhole("n:1");
      assertThat(direct.call("GET", "n:1")).isEqualTo(bulk("" + counted));
      assertThat(client.call("INCR", "n:1")).isEqualTo(":" + (counted + 1) + "\r\n");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(AdminClient.get(heatsink, "/metrics").body())
                      .containsPattern("heatsink_splits_total [1-9]")
                      .containsPattern("heatsink_split_shards_total ([48]|12).0")
                      .containsPattern("heatsink_split_folds_total [1-9]")
                      .contains("heatsink_split_folds_given_up_total 0.0"));
    }
  }

  @Test
  void whatOneLeavesBehindAnotherFoldsWhenTheLeaseIsOver() {
    try (Heatsink one = always(4, Duration.ofSeconds(2));
        RawClient client = RawClient.connect(one.address())) {
      split(client, "n:1");
      assertThat(client.call("INCRBY", "n:1", "7")).isEqualTo(":7\r\n");
    }
    assertThat(isSplit("n:1")).as("a stop leaves it split").isTrue();
    try (Heatsink two = always(4, Duration.ofSeconds(2))) {
      assertThat(two.address()).isNotNull();
      awaitWhole("n:1");
    }
    assertThat(direct.call("GET", "n:1")).isEqualTo(bulk("7"));
  }

  @Test
  void whatAnotherVersionHasSplitIsLeftAlone() {
    try (Heatsink heatsink = always(4, SHORT);
        RawClient client = RawClient.connect(heatsink.address())) {
      split(client, "n:1");
      client.call("INCRBY", "n:1", "7");
      direct.call("HSET", head("n:1"), "v", "1");
      direct.call("HSET", "heatsink:directory", "n:1", "1 4 1 heatsink:{tag}:{key}:{shard}");
      String told =
          "-ERR Heatsink: counter 'n:1' is split by another version of Heatsink; have that one"
              + " fold it (HEATSINK FOLD)\r\n";
      assertThat(client.call("GET", "n:1")).isEqualTo(told);
      assertThat(client.call("SET", "n:1", "5")).isEqualTo(told);
      assertThat(client.call("HEATSINK", "FOLD", "n:*"))
          .isEqualTo("*4\r\n$6\r\nfolded\r\n:0\r\n$5\r\nfound\r\n:1\r\n");
      assertThat(isSplit("n:1")).isTrue();
      direct.call("HSET", head("n:1"), "v", "2");
      assertThat(client.call("GET", "n:1")).isEqualTo(bulk("7"));
    }
  }

  /** What is counted by then is counted, and comes back with the own key. */
  @ParameterizedTest
  @ValueSource(strings = {"SET n:1 text", "LPUSH n:1 x"})
  void whatIsNoNumberAnyMoreIsSaidWithTheRemedy(String command) {
    try (Heatsink heatsink = always(4, LONG);
        RawClient client = RawClient.connect(heatsink.address())) {
      split(client, "n:1");
      assertThat(client.call("INCRBY", "n:1", "7")).isEqualTo(":7\r\n");
      direct.call("DEL", "n:1");
      assertThat(direct.call(command.split(" ", -1))).doesNotStartWith("-");
      String told =
          "-ERR Heatsink: counter 'n:1' is split, and something that is no number was put into its"
              + " own key without Heatsink; remove that at Redis itself (DEL), or put a number"
              + " there: what the shards hold will be added to it\r\n";
      assertThat(client.call("GET", "n:1")).isEqualTo(told);
      assertThat(client.call("INCRBY", "n:1", "3"))
          .isEqualTo("-ERR Heatsink: this was counted, but the total cannot be told now\r\n");
      assertThat(client.call("SET", "n:1", "5")).isEqualTo(told);
      assertThat(client.call("INCRBY", "n:1", "3")).as("not counted").isEqualTo(told);
      assertThat(client.call("HEATSINK", "FOLD", "n:1")).contains("folded\r\n:0\r\n");
      assertThat(direct.call("DEL", "n:1")).isEqualTo(":1\r\n");
      assertThat(client.call("GET", "n:1")).isEqualTo(bulk("10"));
      assertThat(client.call("HEATSINK", "FOLD", "n:1")).contains("folded\r\n:1\r\n");
      assertThat(direct.call("GET", "n:1")).isEqualTo(bulk("10"));
    }
  }

  @Test
  void sidecarsThatDifferInShardsCountOnOneCounter() {
    try (Heatsink four = always(4, LONG);
        Heatsink eight = always(8, LONG);
        RawClient ofFour = RawClient.connect(four.address());
        RawClient ofEight = RawClient.connect(eight.address())) {
      split(ofFour, "n:1");
      assertThat(ofHead("n:1", "n")).isEqualTo(bulk("4"));
      for (int i = 1; i <= 20; i++) {
        assertThat(ofFour.call("INCR", "n:1")).isEqualTo(":" + (2 * i - 1) + "\r\n");
        assertThat(ofEight.call("INCR", "n:1")).isEqualTo(":" + 2 * i + "\r\n");
      }
      assertThat(ofEight.call("HEATSINK", "FOLD", "n:*")).contains(":1\r\n");
      assertThat(direct.call("GET", "n:1")).isEqualTo(bulk("40"));
      split(ofEight, "n:1");
      assertThat(ofHead("n:1", "n"))
          .as("a fold and a split change the number")
          .isEqualTo(bulk("8"));
      assertThat(ofFour.call("INCR", "n:1")).isEqualTo(":41\r\n");
      assertThat(ofEight.call("GET", "n:1")).isEqualTo(bulk("41"));
    }
  }

  /** As a failover may lose it: what is counted blindly must not go on where nobody looks. */
  @Test
  void whoNeverReadsNoticesThatTheHeadIsLost() {
    TestConfig config = config();
    config.split("n:*", 4, When.ALWAYS, Reply.OK, Duration.ZERO, LONG);
    try (Heatsink heatsink = Heatsink.start(config.build());
        RawClient client = RawClient.connect(heatsink.address())) {
      client.call("INCR", "n:1");
      await()
          .atMost(PATIENCE)
          .until(() -> client.call("INCR", "n:1").equals("+OK\r\n") && isSplit("n:1"));
      direct.call("DEL", head("n:1"));
      String before = direct.call("GET", "n:1");
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                client.call("INCR", "n:1");
                return !direct.call("GET", "n:1").equals(before);
              });
    }
  }

  @Test
  void countersOfSeveralDatabasesAreTheirOwn() {
    TestConfig config = config();
    config.split(
        "n:*", 4, When.ALWAYS, Reply.APPROXIMATE, Duration.ZERO, LONG, Duration.ofMillis(200));
    try (Heatsink heatsink = Heatsink.start(config.build());
        RawClient zero = RawClient.connect(heatsink.address());
        RawClient three = RawClient.connect(heatsink.address())) {
      three.call("SELECT", "3");
      split(zero, "n:1");
      direct.call("SELECT", "3");
      split(three, "n:1");
      assertThat(zero.call("INCRBY", "n:1", "5")).isEqualTo(":5\r\n");
      assertThat(three.call("INCRBY", "n:1", "30")).isEqualTo(":30\r\n");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(direct.call("GET", "n:1")).isEqualTo(bulk("30")));
      assertThat(three.call("HEATSINK", "FOLD", "*")).contains("folded\r\n:1\r\n");
      assertThat(direct.call("KEYS", "*n:1")).isEqualTo("*1\r\n" + bulk("n:1"));
      direct.call("SELECT", "0");
      assertThat(isSplit("n:1")).as("that of the other database").isTrue();
      assertThat(zero.call("COPY", "n:1", "n:9", "DB", "3")).isEqualTo(":1\r\n");
      assertThat(three.call("GET", "n:9")).isEqualTo(bulk("5"));
      assertThat(zero.call("COPY", "other", "n:9", "DB", "3", "REPLACE"))
          .startsWith("-ERR Heatsink: COPY with DB and REPLACE")
          .contains("'n:*'", "DEL it in that database first");
      assertThat(three.call("DEL", "n:9")).isEqualTo(":1\r\n");
      assertThat(zero.call("COPY", "n:1", "n:9", "DB", "3")).isEqualTo(":1\r\n");
      split(zero, "n:1");
      assertThat(zero.call("MOVE", "n:1", "3")).as("it is there").isEqualTo(":0\r\n");
      assertThat(three.call("DEL", "n:1")).isEqualTo(":1\r\n");
      assertThat(zero.call("MOVE", "n:1", "3")).isEqualTo(":1\r\n");
      assertThat(three.call("GET", "n:1")).isEqualTo(bulk("5"));
    }
  }
}
