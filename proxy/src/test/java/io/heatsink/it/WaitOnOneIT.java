package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.Heatsink;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisReplicas;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WAIT before one primary: what a client has written on connections that it shares counts. */
class WaitOnOneIT {

  private static final String SHORT = "300";
  private static final String LONG = "10000";

  private RedisReplicas redis;
  private Heatsink heatsink;
  private RawClient client;

  @BeforeEach
  void start() {
    redis = RedisReplicas.start(1);
    heatsink = Heatsink.start(TestConfig.before(redis.primary().port()).build());
    client = RawClient.connect(heatsink.address());
  }

  @AfterEach
  void stop() {
    client.close();
    heatsink.close();
    redis.close();
  }

  @Test
  void aReplicaThatSleepsIsWaitedForInVain() {
    RedisServer replica = redis.replicas().get(0);
    assertThat(client.call("SET", "a", "1")).isEqualTo("+OK\r\n");
    assertThat(client.call("WAIT", "1", LONG)).isEqualTo(":1\r\n");
    replica.pause();
    try {
      assertThat(client.call("SET", "a", "2")).isEqualTo("+OK\r\n");
      assertThat(client.call("WAIT", "1", SHORT)).isEqualTo(":0\r\n");
      client.call("MULTI");
      client.call("WAIT", "1", SHORT);
      assertThat(client.call("EXEC")).startsWith("*1\r\n:");
    } finally {
      replica.resume();
    }
    assertThat(client.call("WAIT", "1", LONG)).isEqualTo(":1\r\n");
  }

  /** Rather than a number that means nothing, and that the client would rely on. */
  @Test
  void whoMayNotWriteTheMarkIsTold() {
    RedisServer primary = redis.primary();
    assumeTrue(primary.isAtLeast(7, 2), "no mark is written before Redis 7.2");
    primary.call("ACL", "SETUSER", "app", "on", ">pw", "~*", "+@all", "resetchannels");
    assertThat(client.call("AUTH", "app", "pw")).isEqualTo("+OK\r\n");
    assertThat(client.call("SET", "a", "1")).isEqualTo("+OK\r\n");
    assertThat(client.call("WAIT", "1", SHORT))
        .startsWith("-ERR Heatsink: before WAIT something is written to heatsink:wait")
        .contains("NOPERM");
    primary.call("ACL", "SETUSER", "app", "&heatsink:wait");
    assertThat(client.call("WAIT", "1", LONG)).isEqualTo(":1\r\n");
  }
}
