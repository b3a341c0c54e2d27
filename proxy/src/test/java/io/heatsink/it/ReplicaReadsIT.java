package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisReplicas;
import io.heatsink.testkit.RedisSentinels;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlowWire;
import io.heatsink.testkit.TestConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hot keys that are too large for memory are read from replicas, and nobody can tell. */
class ReplicaReadsIT {

  private static final String KEY = "big:1";
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final Duration LAG = Duration.ofMillis(500);

  private static TestConfig reading(TestConfig config) {
    return config
        .hot(200, 0.5, 200, Duration.ofSeconds(10))
        .replicas("big:*", Level.COALESCED, LAG);
  }

  private static Heatsink start(TestConfig config) {
    Heatsink heatsink = Heatsink.start(config.build());
    try (RawClient client = RawClient.connect(heatsink.address())) {
      await().atMost(SOON).until(() -> client.call("DBSIZE").startsWith(":"));
    }
    return heatsink;
  }

  private static double served(Heatsink heatsink) {
    return AdminClient.metric(heatsink, "heatsink_replica_reads_total");
  }

  private static double fallbacks(Heatsink heatsink) {
    return AdminClient.metric(heatsink, "heatsink_replica_fallbacks_total");
  }

  private static void awaitServed(Heatsink heatsink) {
    double before = served(heatsink);
    await().atMost(SOON).until(() -> served(heatsink) > before + 100);
  }

  @Test
  void readsOfAHotKeyLeaveThePrimary() {
    try (RedisReplicas redis = RedisReplicas.start(1)) {
      long without = share(redis, TestConfig.beforeReplicas(redis.ports()), "one:1");
      long with = share(redis, reading(TestConfig.beforeReplicas(redis.ports())), KEY);
      assertThat(without).isEqualTo(100);
      assertThat(with).isLessThan(5);
    }
  }

  /** The share of reads at Redis, in percent, that the primary has while a key is hot. */
  private static long share(RedisReplicas redis, TestConfig config, String key) {
    RedisServer primary = redis.primary();
    RedisServer replica = redis.replicas().get(0);
    config.hot(200, 0.5, 200, Duration.ofSeconds(10)).cache(false);
    try (Heatsink heatsink = start(config);
        ReadersOfOne readers = new ReadersOfOne(heatsink.address(), key)) {
      readers.awaitMore(2_000);
      if (key.equals(KEY)) {
        awaitServed(heatsink);
      }
      primary.resetStats();
      replica.resetStats();
      readers.awaitMore(5_000);
      long there = replica.calls("get");
      long here = primary.calls("get");
      System.out.printf("%s: %d reads at the primary, %d at the replica%n", key, here, there);
      assertThat(readers.faults()).isEmpty();
      return 100 * here / (here + there);
    }
  }

  @Test
  void whatIsTooLargeForTheCacheIsReadFromReplicas() {
    try (RedisReplicas redis = RedisReplicas.start(2)) {
      TestConfig config =
          TestConfig.beforeReplicas(redis.ports())
              .cacheMaxBytes(ReadersOfOne.VALUE_BYTES / 2)
              .hot(200, 0.5, 200, Duration.ofSeconds(10))
              .replicas("big:*", Level.TRACKED, LAG);
      try (Heatsink heatsink = start(config);
          ReadersOfOne readers = new ReadersOfOne(heatsink.address(), KEY)) {
        awaitServed(heatsink);
        assertThat(readers.faults()).isEmpty();
      }
    }
  }

  /** Each write is seen by all clients from its acknowledgement on, wherever they are answered. */
  @Test
  void nobodyReadsWhatAnAcknowledgedWriteHasReplaced() {
    try (RedisReplicas redis = RedisReplicas.start(2);
        Heatsink heatsink = start(reading(TestConfig.beforeReplicas(redis.ports())).lanes(2));
        ReadersOfOne readers = new ReadersOfOne(heatsink.address(), KEY);
        RawClient writer = RawClient.connect(heatsink.address())) {
      for (int i = 0; i < 10; i++) {
        awaitServed(heatsink);
        readers.write(writer);
        readers.write(writer);
      }
      assertThat(readers.faults()).isEmpty();
    }
  }

  /** The replica is slow to be asked, and quick to hear what the primary has run. */
  @Test
  void aReadNeverSeesTheWriteBehindIt() {
    try (RedisReplicas redis = RedisReplicas.start(1);
        SlowWire wire = SlowWire.to(redis.ports().get(1));
        Heatsink heatsink =
            start(
                TestConfig.beforeReplicas(List.of(redis.ports().get(0), wire.port()))
                    .hot(1e9, 0.2, 0, Duration.ofSeconds(10))
                    .replicas("big:*", Level.COALESCED, Duration.ofMillis(100)));
        RawClient client = RawClient.connect(heatsink.address())) {
      wire.maxDelayNanos(10_000_000);
      client.call("SET", KEY, "0");
      for (int i = 1; i <= 60; i++) {
        awaitServed(heatsink, client);
        List<byte[]> replies =
            client.pipeline(
                List.of(
                    RawClient.encode("GET", KEY),
                    RawClient.encode("SET", KEY, Integer.toString(i)),
                    RawClient.encode("GET", KEY)));
        assertThat(replies).containsExactly(bulk(i - 1), ascii("+OK\r\n"), bulk(i));
      }
    }
  }

  private static void awaitServed(Heatsink heatsink, RawClient client) {
    double before = served(heatsink);
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> client.call("GET", KEY).startsWith("$") && served(heatsink) > before);
  }

  private static byte[] bulk(int number) {
    String text = Integer.toString(number);
    return ascii("$" + text.length() + "\r\n" + text + "\r\n");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Nearer is who answers sooner. */
  @Test
  void theNearerReplicaIsAsked() {
    try (RedisReplicas redis = RedisReplicas.start(2);
        SlowWire wire = SlowWire.to(redis.ports().get(2))) {
      wire.maxDelayNanos(60_000_000);
      List<Integer> ports = List.of(redis.ports().get(0), redis.ports().get(1), wire.port());
      try (Heatsink heatsink = start(reading(TestConfig.beforeReplicas(ports)));
          ReadersOfOne readers = new ReadersOfOne(heatsink.address(), KEY)) {
        awaitServed(heatsink);
        RedisServer near = redis.replicas().get(0);
        RedisServer far = redis.replicas().get(1);
        await()
            .atMost(SOON)
            .until(
                () -> {
                  near.resetStats();
                  far.resetStats();
                  readers.awaitMore(500);
                  return near.calls("get") > 400 && far.calls("get") == 0;
                });
        assertThat(readers.faults()).isEmpty();
      }
    }
  }

  @Test
  void aReplicaThatLagsIsNotAsked() {
    try (RedisReplicas redis = RedisReplicas.start(1);
        Heatsink heatsink = start(reading(TestConfig.beforeReplicas(redis.ports())));
        ReadersOfOne readers = new ReadersOfOne(heatsink.address(), KEY)) {
      awaitServed(heatsink);
      RedisServer replica = redis.replicas().get(0);
      readers.longest();
      replica.pause();
      readers.write();
      readers.awaitMore(5_000);
      double after = served(heatsink);
      readers.awaitMore(2_000);
      System.out.printf(
          "a replica paused: %.0f reads fell back, the longest took %s%n",
          fallbacks(heatsink), readers.longest());
      assertThat(served(heatsink)).isEqualTo(after);
      assertThat(fallbacks(heatsink)).isPositive();
      replica.resume();
      awaitServed(heatsink);
      assertThat(readers.faults()).isEmpty();
    }
  }

  @Test
  void aReplicaThatDiesIsNotMissed() {
    try (RedisReplicas redis = RedisReplicas.start(2);
        Heatsink heatsink = start(reading(TestConfig.beforeReplicas(redis.ports())));
        ReadersOfOne readers = new ReadersOfOne(heatsink.address(), KEY)) {
      for (RedisServer replica : redis.replicas()) {
        awaitServed(heatsink);
        replica.stop();
        readers.write();
        readers.awaitMore(5_000);
      }
      assertThat(readers.faults()).isEmpty();
    }
  }

  @Test
  void replicasOfAClusterAnswer() {
    try (RedisCluster redis = RedisCluster.start();
        Heatsink heatsink = start(reading(TestConfig.beforeCluster(redis.ports())));
        ReadersOfOne readers = new ReadersOfOne(heatsink.address(), KEY)) {
      awaitServed(heatsink);
      RedisServer owner = redis.ownerOf(KEY);
      RedisServer other =
          redis.primaries().stream().filter(node -> node != owner).findFirst().orElseThrow();
      redis.migrateSlot(redis.slotOf(KEY), other);
      readers.write();
      awaitServed(heatsink);
      redis.failover(other);
      awaitServed(heatsink);
      assertThat(redis.replicaOf(redis.ownerOf(KEY)).calls("get")).isPositive();
      assertThat(readers.faults()).isEmpty();
    }
  }

  @Test
  void replicasThatSentinelsKnowAnswer() {
    try (RedisSentinels redis = RedisSentinels.start();
        Heatsink heatsink =
            start(reading(TestConfig.beforeSentinels(RedisSentinels.NAME, redis.ports())));
        ReadersOfOne readers = new ReadersOfOne(heatsink.address(), KEY)) {
      awaitServed(heatsink);
      readers.write();
      awaitServed(heatsink);
      assertThat(readers.faults()).isEmpty();
    }
  }
}
