package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.config.HeatsinkConfig.SplitCounter.Reply;
import io.heatsink.config.HeatsinkConfig.SplitCounter.When;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each command answers on a counter that is split: the table in docs/counters.md. */
class SplitCommandsIT {

  private static final String SHARDS = "heatsink:{*:n:*";
  private static HeatsinkFixture heatsink;

  private RawClient client;
  private RawClient direct;

  @BeforeAll
  static void start() {
    heatsink =
        HeatsinkFixture.start(
            RedisServer.start(),
            config ->
                config
                    .split("n:*", 4)
                    .split(
                        "e:*", 4, When.ALWAYS, Reply.EXACT, Duration.ZERO, Duration.ofSeconds(60))
                    .split(
                        "ok:*", 4, When.ALWAYS, Reply.OK, Duration.ZERO, Duration.ofSeconds(60)));
  }

  @AfterAll
  static void stop() {
    heatsink.close();
  }

  @BeforeEach
  void connect() {
    client = heatsink.client();
    direct = heatsink.direct();
    assertThat(direct.call("FLUSHALL")).isEqualTo("+OK\r\n");
  }

  /** A counter of 100, 7 of which are in its shards. */
  private void split(String key) {
    assertThat(direct.call("SET", key, "90")).isEqualTo("+OK\r\n");
    spread(key);
  }

  private void spread(String key) {
    client.call("INCRBY", key, "3");
    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () -> {
              // A split that meets what the test before left behind is given up until the next one.
              client.call("INCRBY", key, "0");
              String head = direct.call("KEYS", "heatsink:head:{*}:" + key);
              return head.startsWith("*1")
                  && direct.call("HGET", name(head), "s").equals("$1\r\ns\r\n");
            });
    client.call("INCRBY", key, "3");
    client.call("INCRBY", key, "4");
  }

  private static String name(String reply) {
    return reply.split("\r\n", -1)[2];
  }

  private String call(String command) {
    return client.call(command.split(" ", -1));
  }

  private String atRedis(String command) {
    return direct.call(command.split(" ", -1));
  }

  @Test
  void incrementsGoToShardsAndReadsAddThem() {
    split("n:1");
    assertThat(atRedis("GET n:1")).as("its own key").isEqualTo("$2\r\n93\r\n");
    assertThat(atRedis("KEYS " + SHARDS)).startsWith("*4\r\n");
    assertThat(call("GET n:1")).isEqualTo("$3\r\n100\r\n");
    assertThat(call("INCR n:1")).isEqualTo(":101\r\n");
    assertThat(call("DECRBY n:1 6")).isEqualTo(":95\r\n");
    assertThat(call("DECR n:1")).isEqualTo(":94\r\n");
    assertThat(call("STRLEN n:1")).isEqualTo(":2\r\n");
    assertThat(atRedis("GET n:1")).isEqualTo("$2\r\n93\r\n");
  }

  /** What is answered, and what the counter is after it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "nil",
      value = {
        "GET n:1|$3,100|100",
        "MGET n:1 a n:1 n:2|*4,$3,100,$4,text,$3,100,$-1|100",
        "STRLEN n:1|:3|100",
        "SET n:1 5|+OK|5",
        "SET n:1 5 NX|$-1|100",
        "SET n:1 5 XX GET|$3,100|5",
        "SET n:1 5 EX 100|+OK|5",
        "SETNX n:1 5|:0|100",
        "GETSET n:1 5|$3,100|5",
        "GETDEL n:1|$3,100|nil",
        "GETEX n:1 EX 100|$3,100|100",
        "APPEND n:1 0|:4|1000",
        "GETRANGE n:1 0 1|$2,10|100",
        "SETRANGE n:1 0 2|:3|200",
        "INCRBYFLOAT n:1 0.5|$5,100.5|100.5",
        "INCRBY n:1 1000000000000000|:1000000000000100|1000000000000100",
        "DEL n:1|:1|nil",
        "UNLINK n:1 n:2 a|:2|nil",
        "EXISTS n:1 n:2 n:1 a|:3|100",
        "TOUCH n:1 n:2|:1|100",
        "TYPE n:1|+string|100",
        "TTL n:1|:-1|100",
        "PTTL n:1|:-1|100",
        "PERSIST n:1|:0|100",
        "EXPIRE n:1 100|:1|100",
        "EXPIRE n:1 -1|:1|nil",
        "OBJECT ENCODING n:1|$3,int|100",
        "RENAME n:1 b|+OK|nil",
        "RENAME a n:1|+OK|text",
        "COPY n:1 b|:1|100",
        "INCRBYFLOAT n:1 12345678901234567|$17,12345678901234667|12345678901234667",
        "INCRBY n:1 x|-ERR value is not an integer or out of range|100",
        "LPUSH n:1 x|-WRONGTYPE Operation against a key holding the wrong kind of value|100",
        "GET|-ERR wrong number of arguments for 'get' command|100",
      })
  void everyCommandIsAnsweredAsRedisDoes(String command, String answer, String after) {
    atRedis("SET a text");
    split("n:1");
    assertThat(call(command).replace("\r\n", ",")).isEqualTo(answer + ",");
    String value = call("GET n:1");
    assertThat(value).isEqualTo(after == null ? "$-1\r\n" : bulk(after));
    assertThat(call("EXISTS n:1")).isEqualTo(after == null ? ":0\r\n" : ":1\r\n");
  }

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  @Test
  void aCopyAndADumpHaveAllOfIt() {
    split("n:1");
    assertThat(call("COPY n:1 b")).isEqualTo(":1\r\n");
    assertThat(call("GET b")).isEqualTo("$3\r\n100\r\n");
    spread("n:1");
    assertThat(call("RENAME n:1 n:2")).isEqualTo("+OK\r\n");
    assertThat(atRedis("GET n:2")).isEqualTo("$3\r\n110\r\n");
    spread("n:2");
    String dump = call("DUMP n:2");
    assertThat(dump).isEqualTo(atRedis("DUMP n:2")).startsWith("$");
    assertThat(atRedis("GET n:2")).isEqualTo("$3\r\n120\r\n");
  }

  @Test
  void oneExpiryForAllOfIt() {
    split("n:1");
    assertThat(call("EXPIRE n:1 100")).isEqualTo(":1\r\n");
    String at = atRedis("PEXPIRETIME n:1");
    spread("n:1");
    assertThat(call("EXPIRE n:1 200 NX")).isEqualTo(":0\r\n");
    spread("n:1");
    assertThat(call("TTL n:1")).isIn(":100\r\n", ":99\r\n", ":98\r\n");
    String shards = atRedis("KEYS heatsink:*n:1*");
    assertThat(shards).startsWith("*5\r\n");
    for (String key : shards.split("\r\n", -1)) {
      if (key.startsWith("heatsink:")) {
        assertThat(atRedis("PEXPIRETIME " + key)).as(key).isEqualTo(at);
      }
    }
    assertThat(call("GET n:1")).isEqualTo("$3\r\n120\r\n");
    assertThat(call("PEXPIRE n:1 50")).isEqualTo(":1\r\n");
    client.call("INCRBY", "n:1", "3");
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(call("GET n:1")).isEqualTo("$-1\r\n"));
    assertThat(call("INCR n:1")).isEqualTo(":1\r\n");
  }

  @Test
  void shardsAreShownOnlyToThoseWhoAsk() {
    split("n:1");
    assertThat(call("KEYS *")).isEqualTo("*1\r\n$3\r\nn:1\r\n");
    assertThat(call("SCAN 0 COUNT 100")).isEqualTo("*2\r\n$1\r\n0\r\n*1\r\n$3\r\nn:1\r\n");
    assertThat(call("KEYS heatsink:{*")).startsWith("*4\r\n");
    assertThat(call("SCAN 0 MATCH heatsink:{* COUNT 100")).contains("\r\n*4\r\n");
  }

  @Test
  void whatWouldSeeAPartOnlyIsRefusedAndSaysWhy() {
    split("n:1");
    String refused =
        " here would see no more than a part of a counter that pattern 'n:*' may split; use single"
            + " commands such as GET, SET, INCRBY or GETDEL outside of transactions and scripts, or"
            + " take the pattern out of counters.split\r\n";
    assertThat(call("WATCH n:1")).isEqualTo("-ERR Heatsink: 'watch'" + refused);
    assertThat(client.call("EVAL", "return 1", "1", "n:1"))
        .isEqualTo("-ERR Heatsink: 'eval'" + refused);
    assertThat(call("MULTI")).isEqualTo("+OK\r\n");
    assertThat(call("INCR n:1")).isEqualTo("-ERR Heatsink: 'incr'" + refused);
    assertThat(call("EXEC")).startsWith("-EXECABORT");
    assertThat(call("GET n:1")).isEqualTo("$3\r\n100\r\n");
  }

  @Test
  void foldedByCommand() {
    split("n:1");
    split("n:2");
    split("e:1");
    assertThat(call("HEATSINK FOLD n:*"))
        .isEqualTo("*4\r\n$6\r\nfolded\r\n:2\r\n$5\r\nfound\r\n:2\r\n");
    assertThat(atRedis("GET n:1")).isEqualTo("$3\r\n100\r\n");
    assertThat(atRedis("GET n:2")).isEqualTo("$3\r\n100\r\n");
    assertThat(atRedis("GET e:1")).isEqualTo("$2\r\n93\r\n");
    assertThat(call("HEATSINK FOLD e:*")).contains(":1\r\n");
    assertThat(atRedis("KEYS heatsink:*"))
        .as("nothing is left but one small key for each slot")
        .doesNotContain("n:1", "n:2", "e:1", "directory");
    assertThat(call("INCR n:1")).isEqualTo(":101\r\n");
  }

  @Test
  void exactAndOkReplies() {
    split("e:1");
    assertThat(call("GET e:1")).isEqualTo("$3\r\n100\r\n");
    assertThat(call("INCR e:1")).isEqualTo(":101\r\n");
    assertThat(call("INCRBY e:1 9")).isEqualTo(":110\r\n");
    assertThat(call("DECR e:1")).isEqualTo(":109\r\n");
    split("ok:1");
    assertThat(call("INCR ok:1")).isEqualTo("+OK\r\n");
    assertThat(call("GET ok:1")).isEqualTo("$3\r\n101\r\n");
  }

  @Test
  void whatCannotBeCountedStaysAsItIs() {
    atRedis("SET n:odd1 text");
    assertThat(call("GET n:odd1")).isEqualTo("$4\r\ntext\r\n");
    assertThat(call("INCR n:odd1")).isEqualTo("-ERR value is not an integer or out of range\r\n");
    atRedis("RPUSH n:odd2 x");
    assertThat(call("GET n:odd2")).startsWith("-WRONGTYPE");
    assertThat(call("INCR n:odd2")).startsWith("-WRONGTYPE");
    assertThat(call("MGET n:odd2 n:odd1")).isEqualTo("*2\r\n$-1\r\n$4\r\ntext\r\n");
    atRedis("SET n:odd3 9223372036854775806");
    assertThat(call("INCR n:odd3")).isEqualTo(":9223372036854775807\r\n");
    assertThat(call("INCR n:odd3")).isEqualTo("-ERR increment or decrement would overflow\r\n");
  }
}
