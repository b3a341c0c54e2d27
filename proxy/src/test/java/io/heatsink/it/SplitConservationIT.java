package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Nothing that is counted is lost or counted twice, while counters are split and folded under load,
 * three Heatsinks are killed between any two steps, and primaries are paused and replaced.
 *
 * <p>{@code -Dheatsink.conservation.runs=300 -Dheatsink.conservation.seed=1} searches for long.
 */
class SplitConservationIT {

  private static final int SIDECARS = 3;
  private static final int CLIENTS = 60;
  private static final int RUNS = Integer.getInteger("heatsink.conservation.runs", 0);
  private static final long SEED = Long.getLong("heatsink.conservation.seed", 1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final List<String> STEPS =
      List.of(
          "ENROLLED",
          "OPENED",
          "INITIALISED_SOME",
          "INITIALISED",
          "ACTIVATED",
          "INCREMENTED",
          "LED",
          "KEPT",
          "SEALED_SOME",
          "SEALED",
          "APPLIED",
          "CLEANED",
          "LEFT");

  /** Folds of one counter: fewer where each step has its turn anyway. */
  private static final int ROUNDS = RUNS == 0 ? 3 : 6;

  private static RedisCluster cluster;
  private static final @Nullable ServedProcess[] SERVED = new ServedProcess[SIDECARS];

  @BeforeAll
  static void start() throws IOException {
    // A node that gets no processor for a second is not to be replaced: that would lose what Redis
    // has acknowledged and not replicated.
    cluster = RedisCluster.start(3, 1, "--cluster-node-timeout", "5000");
    for (int i = 0; i < SIDECARS; i++) {
      serve(i, "");
    }
  }

  @AfterAll
  static void stop() throws IOException {
    for (ServedProcess each : SERVED) {
      if (each != null) {
        each.close();
      }
    }
    cluster.close();
  }

  private static void serve(int i, String haltAt) throws IOException {
    String seeds =
        cluster.ports().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    SERVED[i] = null;
    try {
      SERVED[i] =
          new ServedProcess(
              Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -Dheatsink.halt-at=" + haltAt),
              "--listen",
              "127.0.0.1:0",
              "--lanes",
              "1",
              "--backend",
              "redis-cluster://" + seeds,
              "--counters-split",
              "[{pattern: \"c:*\", when: always, freshness: 20ms, fold-after: 1s},"
                  + " {pattern: \"t:*\", when: always, freshness: 20ms, fold-after: 1s,"
                  + " total-every: 100ms}]");
    } catch (ServedProcess.Ended e) {
      // It may lead, or fold what another left, before it listens.
      if (haltAt.isEmpty()) {
        throw e;
      }
    }
  }

  private static @Nullable RawClient connect(int i) {
    ServedProcess served = SERVED[i % SIDECARS];
    return served == null || !served.isAlive() ? null : RawClient.connect(served.port());
  }

  @Test
  void whoeverDiesBetweenAnyTwoSteps() throws Exception {
    for (int i = 0; RUNS == 0 && i < STEPS.size(); i++) {
      run(i, STEPS.get(i) + ":1", false);
    }
  }

  @Test
  void primariesThatArePausedAndReplaced() throws Exception {
    if (RUNS == 0) {
      run(1_000, "", true);
    }
  }

  /**
   * What Redis has acknowledged by WAIT outlives a primary that is killed: nothing is under way
   * then but what Heatsink does by itself.
   */
  @Test
  void aPrimaryThatIsKilledAfterWait() throws Exception {
    if (RUNS > 0) {
      return;
    }
    for (String key : List.of("t:killed", "c:killed")) {
      reviveAll();
      CountingCrowd before = new CountingCrowd(key, CLIENTS, 1, SplitConservationIT::connect);
      awaitCounted(before, 3_000);
      before.stop();
      cluster.awaitSettled();
      for (RedisServer primary : cluster.primaries()) {
        try (RawClient client = primary.client()) {
          client.call("SET", "{" + tagOf(primary) + "}waited", "1");
          assertThat(client.call("WAIT", "1", "5000")).isEqualTo(":1\r\n");
        }
      }
      RedisServer victim = cluster.ownerOf(key);
      cluster.killPrimary(victim);
      CountingCrowd after = new CountingCrowd(key, CLIENTS, 2, SplitConservationIT::connect);
      awaitCounted(after, 1_000);
      fold(key, 0);
      awaitCounted(after, 1_000);
      after.stop();
      victim.restart();
      cluster.awaitSettled();
      assertThat(before.fault()).isNull();
      assertThat(after.fault()).isNull();
      assertConserved(
          key,
          before.acknowledged() + after.acknowledged(),
          before.unknown() + after.unknown(),
          "killed after WAIT");
    }
  }

  /** Of a key that this node has. */
  private static int tagOf(RedisServer primary) {
    int tag = 0;
    while (cluster.ownerOf("" + tag) != primary) {
      tag++;
    }
    return tag;
  }

  @Test
  void forLong() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < RUNS; i++) {
      String step = STEPS.get(random.nextInt(STEPS.size()));
      run(SEED * 10_000 + i, step + ":" + random.nextInt(1, 8), random.nextInt(4) == 0);
      System.out.printf("%d of %d runs of seed %d were well%n", i + 1, RUNS, SEED);
    }
  }

  /**
   * One counter's life; one of the Heatsinks is killed at a step, if that is reached. Of every
   * other counter its own key is kept up to date meanwhile.
   */
  private static void run(long seed, String haltAt, boolean fails) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    String key = (random.nextBoolean() || isOfKeeping(haltAt) ? "t:" : "c:") + seed;
    int victim = random.nextInt(SIDECARS);
    reviveAll();
    if (!haltAt.isEmpty()) {
      close(victim);
      serve(victim, haltAt);
    }
    CountingCrowd crowd = new CountingCrowd(key, CLIENTS, seed, SplitConservationIT::connect);
    try {
      for (int i = 0; i < ROUNDS; i++) {
        awaitCounted(crowd, random.nextInt(200, 1_500));
        fold(key, random.nextInt(SIDECARS));
        reviveAll();
        if (fails && i == 1) {
          replaceOne(random);
        }
      }
      awaitCounted(crowd, 300);
    } finally {
      crowd.stop();
    }
    long acknowledged = crowd.acknowledged();
    long unknown = crowd.unknown();
    assertConserved(key, acknowledged, unknown, "seed " + seed + ", " + haltAt);
    assertThat(crowd.fault()).as("seed %d, %s", seed, haltAt).isNull();
  }

  private static void assertConserved(String key, long acknowledged, long unknown, String what) {
    await().atMost(PATIENCE).ignoreExceptions().until(() -> foldAll(key));
    String reply = cluster.ownerOf(key).call("GET", key);
    long total = Long.parseLong(reply.split("\r\n", -1)[1]);
    assertThat(total)
        .as("%s, unknown %d", what, unknown)
        .isBetween(acknowledged, acknowledged + unknown);
  }

  private static boolean isOfKeeping(String haltAt) {
    return haltAt.startsWith("LED:") || haltAt.startsWith("KEPT:");
  }

  /** A step that a Heatsink is to die at may come in a later run than it was meant for. */
  private static void reviveAll() throws IOException {
    for (int i = 0; i < SIDECARS; i++) {
      if (!alive(i)) {
        close(i);
        serve(i, "");
      }
    }
  }

  private static boolean alive(int i) {
    ServedProcess served = SERVED[i];
    return served != null && served.isAlive();
  }

  private static void close(int i) throws IOException {
    ServedProcess served = SERVED[i];
    if (served != null) {
      served.close();
    }
  }

  /** Steps that earlier runs did not come to may end all of them at once: then nobody counts. */
  private static void awaitCounted(CountingCrowd crowd, long more) {
    long until = crowd.acknowledged() + more;
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .untilAsserted(
            () -> {
              if (IntStream.range(0, SIDECARS).noneMatch(SplitConservationIT::alive)) {
                reviveAll();
              }
              long counted = crowd.fault() == null ? crowd.acknowledged() : until;
              assertThat(counted).as(crowd::latestError).isGreaterThanOrEqualTo(until);
            });
  }

  private static void fold(String key, int by) {
    try (RawClient client = connect(by)) {
      if (client != null) {
        client.call("HEATSINK", "FOLD", key);
      }
    } catch (UncheckedIOException e) {
      // It was killed at it, as it was meant to be.
    }
  }

  /** Whether there is nothing left to fold. */
  private static boolean foldAll(String key) {
    for (int i = 0; i < SIDECARS; i++) {
      try (RawClient client = connect(i)) {
        if (client != null) {
          return client.call("HEATSINK", "FOLD", key).endsWith("found\r\n:0\r\n");
        }
      }
    }
    return false;
  }

  /** A primary is paused for a while, and then one gives its place to its replica. */
  private static void replaceOne(SplittableRandom random) {
    List<RedisServer> primaries = new ArrayList<>(cluster.primaries());
    RedisServer paused = primaries.get(random.nextInt(primaries.size()));
    paused.pause();
    long until = System.nanoTime() + Duration.ofMillis(200).toNanos();
    await().pollInterval(Duration.ofMillis(10)).until(() -> System.nanoTime() - until > 0);
    paused.resume();
    cluster.failover(primaries.get(random.nextInt(primaries.size())));
  }
}
