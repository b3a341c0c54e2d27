package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlotMigration;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** HEATSINK SLOWLOG: which requests were slow, and where their time went. */
class SlowLogIT {

  /** Keeps Redis itself busy for 80 ms: no one else is answered meanwhile. */
  private static final String[] BUSY = {
    "EVAL",
    "local t = redis.call('TIME') local e = t[1] * 1000000 + t[2] + 80000"
        + " repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] > e return 1",
    "0"
  };

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration THRESHOLD = Duration.ofMillis(20);

  private static HeatsinkFixture start(Duration threshold) {
    return HeatsinkFixture.start(
        RedisServer.start(), settings -> settings.slowThreshold(threshold));
  }

  private static long micros(String reply, String field) {
    Matcher found = Pattern.compile(field + "\r\n:(\\d+)").matcher(reply);
    assertThat(found.find()).as("%s in %s", field, reply).isTrue();
    return Long.parseLong(found.group(1));
  }

  @Test
  void aRequestThatRedisTakesLongForIsTheBackends() {
    try (HeatsinkFixture heatsink = start(THRESHOLD);
        RawClient client = heatsink.client();
        RawClient direct = heatsink.direct()) {
      client.call("SET", "quick", "1");
      direct.send(BUSY);
      client.call("SET", "held", "1");
      String log = client.call("HEATSINK", "SLOWLOG", "GET");
      assertThat(log)
          .contains("$7\r\ncommand\r\n$3\r\nset\r\n", "$3\r\nkey\r\n$4\r\nheld\r\n")
          .doesNotContain("quick");
      long total = micros(log, "total_us");
      assertThat(total).isGreaterThanOrEqualTo(THRESHOLD.toNanos() / 1000);
      assertThat(micros(log, "backend_us")).isGreaterThan(total / 2);
      long sum =
          micros(log, "waiting_us")
              + micros(log, "pipe_us")
              + micros(log, "backend_us")
              + micros(log, "ordering_us");
      assertThat(sum).isBetween(total - 4, total);
    }
  }

  @Test
  void whatWaitsBehindItOnThePipeIsSaidToWaitThere() {
    try (HeatsinkFixture heatsink = start(THRESHOLD);
        RawClient client = heatsink.client();
        RawClient direct = heatsink.direct()) {
      client.call("PING");
      direct.send(BUSY);
      client.send("SET", "first", "1").send("SET", "second", "1");
      client.readReply();
      client.readReply();
      String latest = client.call("HEATSINK", "SLOWLOG", "GET", "1");
      assertThat(latest).contains("second");
      assertThat(micros(latest, "pipe_us")).isGreaterThan(micros(latest, "backend_us"));
    }
  }

  @Test
  void whatWaitsToBeSentAgainIsSaidToWait() {
    try (RedisCluster cluster = RedisCluster.start(2, 0);
        Heatsink heatsink =
            Heatsink.start(
                TestConfig.beforeCluster(cluster.ports()).slowThreshold(THRESHOLD).build());
        RawClient client = RawClient.connect(heatsink.address())) {
      await().atMost(LIMIT).until(() -> client.call("SET", "moved", "1").equals("+OK\r\n"));
      RedisServer owner = cluster.ownerOf("moved");
      RedisServer other =
          cluster.primaries().stream().filter(node -> node != owner).findFirst().orElseThrow();
      SlotMigration migration = cluster.beginMigration(cluster.slotOf("moved"), other);
      while (migration.moveKeys(100) > 0) {
        assertThat(migration.isUnderWay()).isTrue();
      }
      String retries = "heatsink_backend_retries_total";
      double before = AdminClient.metric(heatsink, retries);
      client.send("EVAL", "return redis.call('INCR', KEYS[1])", "1", "moved");
      await().atMost(LIMIT).until(() -> AdminClient.metric(heatsink, retries) > before + 3);
      migration.finish();
      assertThat(client.readText()).isEqualTo(":2\r\n");
      String log = client.call("HEATSINK", "SLOWLOG", "GET", "1");
      assertThat(log).contains("eval", "moved");
      assertThat(micros(log, "waiting_us")).isGreaterThan(micros(log, "total_us") / 2);
    }
  }

  @Test
  void isCountedResetAndSwitchedOff() {
    try (HeatsinkFixture heatsink = start(THRESHOLD);
        RawClient client = heatsink.client();
        RawClient direct = heatsink.direct()) {
      assertThat(client.call("HEATSINK", "SLOWLOG", "GET")).isEqualTo("*0\r\n");
      direct.send(BUSY);
      client.call("SET", "x".repeat(500), "1");
      assertThat(client.call("HEATSINK", "SLOWLOG", "LEN")).isEqualTo(":1\r\n");
      assertThat(client.call("HEATSINK", "SLOWLOG", "GET", "-1"))
          .contains("$128\r\n" + "x".repeat(128) + "\r\n");
      assertThat(client.call("HEATSINK", "SLOWLOG", "RESET")).isEqualTo("+OK\r\n");
      assertThat(client.call("HEATSINK", "SLOWLOG", "LEN")).isEqualTo(":0\r\n");
      assertThat(client.call("HEATSINK", "SLOWLOG", "GET", "x")).startsWith("-ERR");
      assertThat(client.call("BLPOP", "none", "0.05")).isEqualTo("*-1\r\n");
      assertThat(client.call("HEATSINK", "SLOWLOG", "LEN")).isEqualTo(":0\r\n");
      assertThat(client.call("SLOWLOG", "LEN")).startsWith(":");
    }
    try (HeatsinkFixture heatsink = start(Duration.ZERO);
        RawClient client = heatsink.client();
        RawClient direct = heatsink.direct()) {
      direct.send(BUSY);
      client.call("SET", "held", "1");
      assertThat(client.call("HEATSINK", "SLOWLOG", "LEN")).isEqualTo(":0\r\n");
    }
  }
}
