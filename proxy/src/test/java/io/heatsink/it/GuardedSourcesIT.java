package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.config.Access;
import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisReplicas;
import io.heatsink.testkit.RedisSentinels;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentinels and servers that let in nobody without a password. */
class GuardedSourcesIT {

  private static final String PASSWORD = "open sesame";
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder = Path.of("");

  /** Servers know Heatsink by a name of its own, and one another by another. */
  private static void lock(List<RedisServer> servers) {
    for (RedisServer server : servers) {
      ok(server.call("ACL", "SETUSER", "heat", "on", ">" + PASSWORD, "~*", "&*", "+@all"));
      ok(server.call("ACL", "SETUSER", "peer", "on", ">peer", "~*", "&*", "+@all"));
      ok(server.call("CONFIG", "SET", "masteruser", "peer", "masterauth", "peer"));
      server.lock("nobody's");
    }
  }

  private static void ok(String reply) {
    assertThat(reply).isEqualTo("+OK\r\n");
  }

  private static void awaitWritable(Heatsink heatsink, RedisServer primary) {
    try (RawClient client = RawClient.connect(heatsink.address()).timeout(SOON)) {
      await()
          .atMost(SOON)
          .until(
              () ->
                  client.call("SET", "probe", "1").equals("+OK\r\n")
                      && primary.call("DEL", "probe").equals(":1\r\n"));
    }
  }

  private Path secret(String text) throws IOException {
    Path next = Files.writeString(folder.resolve("next"), text + "\n");
    return Files.move(
        next, folder.resolve("sentinel-password"), StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The password changes while Heatsink runs, and its connections to sentinels break after that.
   */
  @Test
  void sentinelsAreAskedWithThePasswordThatTheFileHoldsNow() throws IOException {
    try (RedisSentinels group = RedisSentinels.start()) {
      lock(group.nodes());
      lockSentinels(group, "first");
      Access open = Access.DEFAULT;
      Access access =
          new Access(null, null, null, false, open.backend(), null, secret("first"), open.admin());
      TestConfig config = TestConfig.beforeSentinels(RedisSentinels.NAME, group.ports());
      config.access(access).username("heat").password(PASSWORD);
      try (Heatsink heatsink = Heatsink.start(config.build())) {
        awaitWritable(heatsink, group.primary());
        lockSentinels(group, "second");
        secret("second");
        for (RedisServer sentinel : group.sentinels()) {
          sentinel.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
          sentinel.call("CLIENT", "KILL", "TYPE", "pubsub");
        }
        awaitWritable(heatsink, group.failover());
      }
    }
  }

  private static void lockSentinels(RedisSentinels group, String password) {
    for (RedisServer sentinel : group.sentinels()) {
      ok(sentinel.call("SENTINEL", "SET", RedisSentinels.NAME, "auth-user", "peer"));
      ok(sentinel.call("SENTINEL", "SET", RedisSentinels.NAME, "auth-pass", "peer"));
      ok(sentinel.call("SENTINEL", "CONFIG", "SET", "sentinel-pass", password));
      sentinel.lock(password);
    }
  }

  @Test
  void aFixedSetIsFollowedByName() {
    try (RedisReplicas set = RedisReplicas.start(2)) {
      lock(set.nodes());
      TestConfig config =
          TestConfig.beforeReplicas(set.ports())
              .username("heat")
              .password(PASSWORD)
              .hot(200, 0.5, 200, Duration.ofSeconds(10))
              .replicas("big:*", Level.COALESCED, Duration.ofMillis(500));
      try (Heatsink heatsink = Heatsink.start(config.build())) {
        awaitWritable(heatsink, set.primary());
        try (ReadersOfOne readers = new ReadersOfOne(heatsink.address(), "big:1")) {
          await()
              .atMost(SOON)
              .until(() -> AdminClient.metric(heatsink, "heatsink_replica_reads_total") > 100);
          assertThat(readers.faults()).isEmpty();
        }
        set.promote(set.replicas().get(0));
        awaitWritable(heatsink, set.primary());
      }
    }
  }
}
