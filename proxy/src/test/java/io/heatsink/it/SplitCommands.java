package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.config.HeatsinkConfig.SplitCounter.Reply;
import io.heatsink.config.HeatsinkConfig.SplitCounter.When;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What each command answers on a counter that is split: the table in docs/counters.md. All keys
 * share a slot, so that it holds before a cluster as well.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SplitCommands {

  private static final String SHARDS = "heatsink:{*:n:*";

  private RawClient client;

  /** The rules of the Heatsink that is tested. */
  static TestConfig rules(TestConfig config) {
    return config
        .split("n:*", 4)
        .split("e:*", 4, When.ALWAYS, Reply.EXACT, Duration.ZERO, Duration.ofSeconds(60))
        .split("ok:*", 4, When.ALWAYS, Reply.OK, Duration.ZERO, Duration.ofSeconds(60));
  }

  /** A client of it. */
  abstract RawClient newClient();

  /** Has Redis itself answer, whichever node has the key; KEYS are those of all. */
  abstract String direct(String... words);

  @BeforeEach
  void connect() {
    client = newClient();
    assertThat(direct("FLUSHALL")).isEqualTo("+OK\r\n");
  }

  /** A counter of 100, 7 of which are in its shards. */
  private void split(String key) {
    assertThat(direct("SET", key, "90")).isEqualTo("+OK\r\n");
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
              String head = direct("KEYS", "heatsink:head:{*}:" + key);
              return head.startsWith("*1") && direct("HGET", name(head), "s").equals("$1\r\ns\r\n");
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
    return direct(command.split(" ", -1));
  }

  @Test
  void incrementsGoToShardsAndReadsAddThem() {
    split("n:{x}1");
    assertThat(atRedis("GET n:{x}1")).as("its own key").isEqualTo("$2\r\n93\r\n");
    assertThat(atRedis("KEYS " + SHARDS)).startsWith("*4\r\n");
    assertThat(call("GET n:{x}1")).isEqualTo("$3\r\n100\r\n");
    assertThat(call("INCR n:{x}1")).isEqualTo(":101\r\n");
    assertThat(call("DECRBY n:{x}1 6")).isEqualTo(":95\r\n");
    assertThat(call("DECR n:{x}1")).isEqualTo(":94\r\n");
    assertThat(call("STRLEN n:{x}1")).isEqualTo(":2\r\n");
    assertThat(atRedis("GET n:{x}1")).isEqualTo("$2\r\n93\r\n");
  }

  /** What is answered, and what the counter is after it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "nil",
      value = {
        "GET n:{x}1|$3,100|100",
        "MGET n:{x}1 {x}a n:{x}1 n:{x}2|*4,$3,100,$4,text,$3,100,$-1|100",
        "STRLEN n:{x}1|:3|100",
        "SET n:{x}1 5|+OK|5",
        "SET n:{x}1 5 NX|$-1|100",
        "SET n:{x}1 5 XX GET|$3,100|5",
        "SET n:{x}1 5 EX 100|+OK|5",
        "SETEX n:{x}1 100 5|+OK|5",
        "PSETEX n:{x}1 100000 5|+OK|5",
        "MSET n:{x}1 5 {x}a 6|+OK|5",
        "MSETNX n:{x}1 5 {x}b 6|:0|100",
        "SETNX n:{x}1 5|:0|100",
        "GETSET n:{x}1 5|$3,100|5",
        "GETDEL n:{x}1|$3,100|nil",
        "GETEX n:{x}1 EX 100|$3,100|100",
        "INCRBY n:{x}1 1000000000000000|:1000000000000100|1000000000000100",
        "DEL n:{x}1|:1|nil",
        "UNLINK n:{x}1 n:{x}2 {x}a|:2|nil",
        "EXISTS n:{x}1 n:{x}2 n:{x}1 {x}a|:3|100",
        "TOUCH n:{x}1 n:{x}2|:1|100",
        "TYPE n:{x}1|+string|100",
        "TTL n:{x}1|:-1|100",
        "PTTL n:{x}1|:-1|100",
        "PERSIST n:{x}1|:0|100",
        "EXPIRETIME n:{x}1|:-1|100",
        "PEXPIRETIME n:{x}1|:-1|100",
        "EXPIREAT n:{x}1 33177117420|:1|100",
        "PEXPIREAT n:{x}1 33177117420000|:1|100",
        "EXPIREAT n:{x}1 1|:1|nil",
        "PEXPIRE n:{x}1 100000|:1|100",
        "EXPIRE n:{x}1 100 XX|:0|100",
        "EXPIRE n:{x}1 x NX|-ERR value is not an integer or out of range|100",
        "EXPIRE n:{x}1 100|:1|100",
        "EXPIRE n:{x}1 -1|:1|nil",
        "OBJECT ENCODING n:{x}1|$3,int|100",
        "INCRBY n:{x}1 x|-ERR value is not an integer or out of range|100",
        "SET n:{x}1 5 KEEPTTL|+OK|5",
        "GETEX n:{x}1|$3,100|100",
        "GETEX n:{x}1 PERSIST|$3,100|100",
        "OBJECT IDLETIME n:{x}1|:0|100",
        "INCRBY n:{x}1 9223372036854775807|-ERR increment or decrement would overflow|100",
        "DECRBY n:{x}1 -9223372036854775808|-ERR decrement would overflow|100",
        "DEL n:{x}1 n:{x}1|:1|nil",
        "GET|-ERR wrong number of arguments for 'get' command|100",
      })
  void everyCommandIsAnsweredAsRedisDoes(String command, String answer, String after) {
    atRedis("SET {x}a text");
    split("n:{x}1");
    assertThat(call(command).replace("\r\n", ",")).isEqualTo(answer + ",");
    String value = call("GET n:{x}1");
    assertThat(value).isEqualTo(after == null ? "$-1\r\n" : bulk(after));
    assertThat(call("EXISTS n:{x}1")).isEqualTo(after == null ? ":0\r\n" : ":1\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "nil",
      value = {
        "APPEND n:{x}1 0|:4|1000",
        "GETRANGE n:{x}1 0 1|$2,10|100",
        "SETRANGE n:{x}1 0 2|:3|200",
        "INCRBYFLOAT n:{x}1 0.5|$5,100.5|100.5",
        "RENAME n:{x}1 {x}b|+OK|nil",
        "RENAME {x}a n:{x}1|+OK|text",
        "COPY n:{x}1 {x}b|:1|100",
        "INCRBYFLOAT n:{x}1 12345678901234567|$17,12345678901234667|12345678901234667",
        "LPUSH n:{x}1 x|-WRONGTYPE Operation against a key holding the wrong kind of value|100",
        "SUBSTR n:{x}1 0 1|$2,10|100",
        "BITCOUNT n:{x}1|:7|100",
        "SETBIT n:{x}1 1 0|:0|100",
        "BITOP AND n:{x}1 {x}none {x}none|:0|nil",
        "RENAMENX n:{x}1 {x}a|:0|100",
        "COPY n:{x}1 n:{x}2 REPLACE|:1|100",
        "COPY {x}a n:{x}1 REPLACE|:1|text",
        "RESTORE n:{x}1 0 x REPLACE|-ERR DUMP payload version or checksum are wrong|100",
        "PFADD n:{x}1 x|-WRONGTYPE Key is not a valid HyperLogLog string value.|100",
        "INCRBYFLOAT n:{x}1 x|-ERR value is not a valid float|100",
      })
  void whatIsDoneToTextsIsDoneToAllOfIt(String command, String answer, String after) {
    everyCommandIsAnsweredAsRedisDoes(command, answer, after);
  }

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  @Test
  void aCopyAndADumpHaveAllOfIt() {
    split("n:{x}1");
    assertThat(call("COPY n:{x}1 {x}b")).isEqualTo(":1\r\n");
    assertThat(call("GET {x}b")).isEqualTo("$3\r\n100\r\n");
    spread("n:{x}1");
    assertThat(call("RENAME n:{x}1 n:{x}2")).isEqualTo("+OK\r\n");
    assertThat(atRedis("GET n:{x}2")).isEqualTo("$3\r\n110\r\n");
    spread("n:{x}2");
    String dump = call("DUMP n:{x}2");
    assertThat(dump).isEqualTo(atRedis("DUMP n:{x}2")).startsWith("$");
    assertThat(atRedis("GET n:{x}2")).isEqualTo("$3\r\n120\r\n");
  }

  @Test
  void oneExpiryForAllOfIt() {
    split("n:{x}1");
    assertThat(call("EXPIRE n:{x}1 100")).isEqualTo(":1\r\n");
    String at = atRedis("PEXPIRETIME n:{x}1");
    spread("n:{x}1");
    assertThat(call("EXPIRE n:{x}1 200 NX")).isEqualTo(":0\r\n");
    spread("n:{x}1");
    assertThat(call("TTL n:{x}1")).isIn(":100\r\n", ":99\r\n", ":98\r\n");
    String shards = atRedis("KEYS heatsink:*n:{x}1*");
    assertThat(shards).startsWith("*5\r\n");
    for (String key : shards.split("\r\n", -1)) {
      if (key.startsWith("heatsink:")) {
        assertThat(atRedis("PEXPIRETIME " + key)).as(key).isEqualTo(at);
      }
    }
    assertThat(call("GET n:{x}1")).isEqualTo("$3\r\n120\r\n");
    assertThat(call("PEXPIRE n:{x}1 50")).isEqualTo(":1\r\n");
    client.call("INCRBY", "n:{x}1", "3");
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(call("GET n:{x}1")).isEqualTo("$-1\r\n"));
    assertThat(call("INCR n:{x}1")).isEqualTo(":1\r\n");
  }

  /** The pattern of limiters of rates: it would fold the counter with every request otherwise. */
  @Test
  void aDeadlineOnlyWhereThereIsNoneDoesNotFoldIt() {
    split("n:{x}1");
    assertThat(call("EXPIRE n:{x}1 1000 NX")).isEqualTo(":1\r\n");
    spread("n:{x}1");
    String before = atRedis("GET n:{x}1");
    for (String command : List.of("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT")) {
      assertThat(call(command + " n:{x}1 33177117 nx")).as(command).isEqualTo(":0\r\n");
      assertThat(call("INCR n:{x}1")).startsWith(":");
    }
    assertThat(atRedis("GET n:{x}1")).as("never folded").isEqualTo(before);
    assertThat(call("GET n:{x}1")).isEqualTo("$3\r\n114\r\n");
  }

  @Test
  void sizesAndRandomKeysKnowOfOurKeys() {
    split("n:{x}1");
    assertThat(call("MEMORY USAGE n:{x}1")).isEqualTo(atRedis("MEMORY USAGE n:{x}1"));
    String all = atRedis("KEYS *");
    assertThat(call("DBSIZE").strip()).isEqualTo(":" + all.split("\r\n", 2)[0].substring(1));
    assertThat(all).contains(call("RANDOMKEY"));
  }

  @Test
  void shardsAreShownOnlyToThoseWhoAsk() {
    split("n:{x}1");
    assertThat(call("KEYS *")).isEqualTo("*1\r\n$6\r\nn:{x}1\r\n");
    assertThat(scan("COUNT 100")).isEqualTo("$6\r\nn:{x}1\r\n");
    assertThat(call("KEYS heatsink:{*")).startsWith("*4\r\n");
    assertThat(scan("MATCH heatsink:{* COUNT 100").split("heatsink:", -1)).hasSize(5);
  }

  /** All keys that a scan shows, as they were sent. */
  private String scan(String options) {
    StringBuilder keys = new StringBuilder();
    String cursor = "0";
    do {
      String[] reply = call("SCAN " + cursor + " " + options).split("\r\n", 5);
      cursor = reply[2];
      keys.append(reply[4]);
    } while (!cursor.equals("0"));
    return keys.toString();
  }

  @Test
  void whatWouldSeeAPartOnlyIsRefusedAndSaysWhy() {
    split("n:{x}1");
    String refused =
        " here would see no more than a part of a counter that pattern 'n:*' may split; use single"
            + " commands such as GET, SET, INCRBY or GETDEL outside of transactions and scripts, or"
            + " take the pattern out of counters.split\r\n";
    assertThat(call("WATCH n:{x}1")).isEqualTo("-ERR Heatsink: 'watch'" + refused);
    for (String command :
        List.of(
            "EVAL return(1) 1 n:{x}1",
            "EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 1 n:{x}1",
            "SORT {x}none STORE n:{x}1",
            "BLPOP n:{x}1 1")) {
      String name = command.substring(0, command.indexOf(' ')).toLowerCase(Locale.ROOT);
      assertThat(call(command)).isEqualTo("-ERR Heatsink: '" + name + "'" + refused);
    }
    assertThat(call("MULTI")).isEqualTo("+OK\r\n");
    assertThat(call("INCR n:{x}1")).isEqualTo("-ERR Heatsink: 'incr'" + refused);
    assertThat(call("EXEC")).startsWith("-EXECABORT");
    assertThat(call("GET n:{x}1")).isEqualTo("$3\r\n100\r\n");
  }

  @Test
  void foldedByCommand() {
    split("n:{x}1");
    split("n:{x}2");
    split("e:{x}1");
    assertThat(call("HEATSINK FOLD n:*"))
        .isEqualTo("*4\r\n$6\r\nfolded\r\n:2\r\n$5\r\nfound\r\n:2\r\n");
    assertThat(atRedis("GET n:{x}1")).isEqualTo("$3\r\n100\r\n");
    assertThat(atRedis("GET n:{x}2")).isEqualTo("$3\r\n100\r\n");
    assertThat(atRedis("GET e:{x}1")).isEqualTo("$2\r\n93\r\n");
    assertThat(call("HEATSINK FOLD e:*")).contains(":1\r\n");
    // In a cluster the last word of the split may come to the directory after that of the fold.
    assertThat(atRedis("KEYS heatsink:*"))
        .as("nothing is left but one small key for each slot, and perhaps a lease")
        .doesNotContain("n:{x}1", "n:{x}2", "e:{x}1");
    assertThat(call("INCR n:{x}1")).isEqualTo(":101\r\n");
  }

  @Test
  void exactAndOkReplies() {
    split("e:{x}1");
    assertThat(call("GET e:{x}1")).isEqualTo("$3\r\n100\r\n");
    assertThat(call("INCR e:{x}1")).isEqualTo(":101\r\n");
    assertThat(call("INCRBY e:{x}1 9")).isEqualTo(":110\r\n");
    assertThat(call("DECR e:{x}1")).isEqualTo(":109\r\n");
    split("ok:{x}1");
    assertThat(call("INCR ok:{x}1")).isEqualTo("+OK\r\n");
    assertThat(call("GET ok:{x}1")).isEqualTo("$3\r\n101\r\n");
  }

  @Test
  void whatCannotBeCountedStaysAsItIs() {
    atRedis("SET n:{x}odd1 text");
    assertThat(call("GET n:{x}odd1")).isEqualTo("$4\r\ntext\r\n");
    assertThat(call("INCR n:{x}odd1"))
        .isEqualTo("-ERR value is not an integer or out of range\r\n");
    atRedis("RPUSH n:{x}odd2 x");
    assertThat(call("GET n:{x}odd2")).startsWith("-WRONGTYPE");
    assertThat(call("INCR n:{x}odd2")).startsWith("-WRONGTYPE");
    assertThat(call("MGET n:{x}odd2 n:{x}odd1")).isEqualTo("*2\r\n$-1\r\n$4\r\ntext\r\n");
    atRedis("SET n:{x}odd3 9223372036854775806");
    assertThat(call("INCR n:{x}odd3")).isEqualTo(":9223372036854775807\r\n");
    assertThat(call("INCR n:{x}odd3")).isEqualTo("-ERR increment or decrement would overflow\r\n");
  }
}
