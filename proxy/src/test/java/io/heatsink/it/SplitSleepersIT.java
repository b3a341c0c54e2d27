package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.config.HeatsinkConfig.SplitCounter.Reply;
import io.heatsink.config.HeatsinkConfig.SplitCounter.When;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlowWire;
import io.heatsink.testkit.TestConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A sidecar that sleeps, or is cut off, while others fold what it counts on and split it anew, or
 * that dies before it has split it.
 */
class SplitSleepersIT {

  private static final String KEY = "n:1";
  private static final int ROUNDS = 6;
  private static final int STEPS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofSeconds(60);

  private RedisServer redis;
  private RawClient direct;
  private Heatsink awake;
  private RawClient other;

  @BeforeEach
  void start() {
    redis = RedisServer.start();
    direct = redis.client();
    wake();
  }

  private void wake() {
    awake = Heatsink.start(split(TestConfig.before(redis.port()), Reply.APPROXIMATE).build());
    other = RawClient.connect(awake.address());
  }

  @AfterEach
  void stop() {
    awake.close();
    redis.close();
  }

  private static TestConfig split(TestConfig config, Reply reply) {
    return config.split("n:*", 4, When.ALWAYS, reply, Duration.ZERO, LONG);
  }

  private ServedProcess serve(String reply, String haltAt) throws IOException {
    return new ServedProcess(
        Map.of("JAVA_TOOL_OPTIONS", "-Dheatsink.halt-at=" + haltAt),
        "--listen",
        "127.0.0.1:0",
        "--lanes",
        "1",
        "--backend",
        "redis://127.0.0.1:" + redis.port(),
        "--counters-split",
        "[{pattern: \"n:*\", shards: 4, when: always, freshness: 0s, reply: " + reply + "}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"approximate", "exact"})
  void whoSleepsThroughItReadsNoPartAndCountsWhereOthersLook(String reply) throws Exception {
    try (ServedProcess sleeper = serve(reply, "");
        RawClient client = sleeper.client()) {
      long counted = 0;
      for (int round = 0; round < ROUNDS; round++) {
        counted = agree(client, counted);
        putToSleep(sleeper);
        for (int i = 0; i < STEPS; i++) {
          client.send("INCR", KEY);
        }
        client.send("GET", KEY);
        counted = change(counted, round);
        sleeper.signal("CONT");
        counted = judge(client, counted);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"APPROXIMATE", "EXACT"})
  void whatComesToRedisAfterItIsCountedOnce(Reply reply) {
    try (SlowWire wire = SlowWire.to(redis.port());
        Heatsink cutOff = Heatsink.start(split(TestConfig.before(wire.port()), reply).build());
        RawClient client = RawClient.connect(cutOff.address())) {
      long counted = 0;
      for (int round = 0; round < ROUNDS; round++) {
        counted = agree(client, counted);
        wire.stalls(true);
        for (int i = 0; i < STEPS; i++) {
          client.send("INCR", KEY);
        }
        client.send("GET", KEY);
        counted = change(counted, round);
        wire.stalls(false);
        counted = judge(client, counted);
      }
    }
  }

  /** Returns when each of its threads has stopped. */
  private static void putToSleep(ServedProcess sleeper) throws Exception {
    sleeper.signal("STOP");
    Path tasks = Path.of("/proc/" + sleeper.pid() + "/task");
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              try (Stream<Path> all = Files.list(tasks)) {
                return all.allMatch(SplitSleepersIT::isStopped);
              }
            });
  }

  private static boolean isStopped(Path task) {
    try {
      String stat = Files.readString(task.resolve("stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Both count on one split counter; returns how much there is. */
  private long agree(RawClient client, long before) {
    long counted = split(before);
    assertThat(client.call("INCRBY", KEY, "3")).isEqualTo(integer(counted + 3));
    assertThat(other.call("INCR", KEY)).isEqualTo(integer(counted + 4));
    return counted + 4;
  }

  /** Has it split, by the one that is awake; returns how much there is. */
  private long split(long before) {
    long[] counted = {before};
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              assertThat(other.call("INCR", KEY)).isEqualTo(integer(++counted[0]));
              return isSplit();
            });
    return counted[0];
  }

  /** What is done meanwhile: a fold, and in every other round a split after it. */
  private long change(long before, int round) {
    assertThat(other.call("INCRBY", KEY, "7")).isEqualTo(integer(before + 7));
    assertThat(other.call("HEATSINK", "FOLD", KEY)).contains("folded\r\n:1\r\n");
    return round % 2 == 0 ? before + 7 : split(before + 7);
  }

  private long judge(RawClient client, long before) {
    for (int i = 1; i <= STEPS; i++) {
      assertThat(client.readText()).isEqualTo(integer(before + i));
    }
    assertThat(client.readText()).isEqualTo(bulk(before + STEPS));
    assertThat(other.call("GET", KEY)).isEqualTo(bulk(before + STEPS));
    return before + STEPS;
  }

  /** Counting goes on meanwhile, so its lease is never over. */
  @ParameterizedTest
  @ValueSource(strings = {"OPENED", "INITIALISED_SOME", "INITIALISED"})
  void whatSomebodyWasAboutToSplitIsSplitByAnother(String step) throws Exception {
    awake.close();
    try (ServedProcess victim = serve("approximate", step + ":1");
        RawClient client = victim.client()) {
      assertThat(client.call("INCR", KEY)).isEqualTo(":1\r\n");
      assertThat(victim.awaitEnd()).isEqualTo(137);
    }
    assertThat(direct.call("KEYS", "heatsink:head:*")).startsWith("*1");
    assertThat(isSplit()).isFalse();
    wake();
    assertThat(split(1)).isGreaterThan(1);
  }

  private boolean isSplit() {
    String[] heads = direct.call("KEYS", "heatsink:head:{*}:" + KEY).split("\r\n", -1);
    return heads.length > 2 && direct.call("HGET", heads[2], "s").equals("$1\r\ns\r\n");
  }

  private static String integer(long number) {
    return ":" + number + "\r\n";
  }

  private static String bulk(long number) {
    String digits = Long.toString(number);
    return "$" + digits.length() + "\r\n" + digits + "\r\n";
  }
}
