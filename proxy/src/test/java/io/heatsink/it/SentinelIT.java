package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisSentinels;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A primary that sentinels replace while clients write. */
class SentinelIT {

  private RedisSentinels sentinels;
  private Heatsink heatsink;
  private Writers writers;

  @BeforeEach
  void start() {
    sentinels = RedisSentinels.start();
    heatsink =
        Heatsink.start(TestConfig.beforeSentinels(RedisSentinels.NAME, sentinels.ports()).build());
    writers = new Writers(heatsink.address());
    try (RawClient client = RawClient.connect(heatsink.address())) {
      await().atMost(Duration.ofSeconds(15)).until(() -> client.call("DBSIZE").equals(":0\r\n"));
    }
  }

  @AfterEach
  void stop() {
    heatsink.close();
    sentinels.close();
  }

  /** Until it knows better, the old primary acknowledges what nobody will keep: Redis' own loss. */
  @Test
  void aFailoverIsFollowedInOrder() {
    writers.during(
        () -> {
          RedisServer next = sentinels.failover();
          try (RawClient client = RawClient.connect(heatsink.address())) {
            await()
                .atMost(Duration.ofSeconds(5))
                .until(
                    () ->
                        client.call("SET", "probe", "1").equals("+OK\r\n")
                            && next.call("GET", "probe").equals("$1\r\n1\r\n"));
          }
        });
    assertThat(writers.errors()).allMatch(error -> error.contains("may have been run"));
    System.out.printf("sentinels failed over: %s%n", writers.figures());
  }

  /** From when all sentinels say so, until the new one has a write; and the old one gets none. */
  @Test
  void aSwitchIsFollowedWithinASecond() {
    try (RawClient client = RawClient.connect(heatsink.address())) {
      for (int i = 0; i < 2; i++) {
        RedisServer old = sentinels.primary();
        RedisServer next = i == 0 ? sentinels.failover() : sentinels.killPrimary();
        long since = System.nanoTime();
        String key = "probe:" + i;
        await()
            .atMost(Duration.ofSeconds(1))
            .pollInterval(Duration.ofMillis(5))
            .until(
                () ->
                    client.call("SET", key, "1").equals("+OK\r\n")
                        && next.call("GET", key).equals("$1\r\n1\r\n"));
        System.out.printf(
            "sentinels' switch is followed after %d ms%n", (System.nanoTime() - since) / 1_000_000);
        if (old.isRunning()) {
          await().until(() -> old.call("INFO", "replication").contains("role:slave"));
          // Only the sentinels, its primary and the look for roles have connections to it.
          await()
              .until(
                  () ->
                      old.call("CLIENT", "LIST")
                          .lines()
                          .noneMatch(line -> line.contains(" cmd=set ")));
          old.resetStats();
          for (int write = 0; write < 1_000; write++) {
            assertThat(client.call("SET", key, "2")).isEqualTo("+OK\r\n");
          }
          // A replica refuses the writes of all but its primary, and counts the errors.
          assertThat(old.call("INFO", "errorstats")).doesNotContain("READONLY");
        }
      }
    }
  }

  @Test
  void aKilledPrimaryIsReplaced() {
    writers.during(() -> sentinels.killPrimary());
    System.out.printf("sentinels' primary killed: %s%n", writers.figures());
    assertThat(writers.errors()).allMatch(error -> error.contains("may have been run"));
    assertThat(writers.lost()).isLessThan(Writers.WRITERS * Writers.PIPELINE);
    try (RawClient client = RawClient.connect(heatsink.address())) {
      assertThat(client.call("SELECT", "3")).isEqualTo("+OK\r\n");
      assertThat(client.call("SET", "a", "1")).isEqualTo("+OK\r\n");
      assertThat(client.call("MULTI")).isEqualTo("+OK\r\n");
      assertThat(client.call("INCR", "a")).isEqualTo("+QUEUED\r\n");
      assertThat(client.call("INCR", "b")).isEqualTo("+QUEUED\r\n");
      assertThat(client.call("EXEC")).isEqualTo("*2\r\n:2\r\n:1\r\n");
      assertThat(client.call("CLUSTER", "INFO"))
          .startsWith("-ERR This instance has cluster support disabled");
    }
  }
}
