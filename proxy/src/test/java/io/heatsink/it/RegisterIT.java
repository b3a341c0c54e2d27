package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hot keys as registers: each counts up, written by one client in many ways and read by all. A read
 * never returns less than what had been acknowledged before it began, nor more than was written.
 */
class RegisterIT {

  private static final int KEYS = 4;
  private static final int READERS = 6;
  private static final Duration DURATION = Duration.ofSeconds(5);
  private static final int BURST = 8;
  private static final long LONGEST_PAUSE_NANOS = 2_000_000;

  private final AtomicLongArray begun = new AtomicLongArray(KEYS);
  private final AtomicLongArray acknowledged = new AtomicLongArray(KEYS);
  private final AtomicLong reads = new AtomicLong();

  @ParameterizedTest(name = "lanes {0}, seed {1}")
  @CsvSource({"1, 1", "2, 2"})
  void readsNeverGoBehindAcknowledgedWrites(int lanes, long seed) throws Exception {
    RedisServer redis = RedisServer.start();
    try (HeatsinkFixture heatsink = HeatsinkFixture.start(redis, config -> config.lanes(lanes));
        Crowd writers = new Crowd(heatsink::client);
        Crowd readers = new Crowd(heatsink::client)) {
      long end = System.nanoTime() + DURATION.toNanos();
      SplittableRandom random = new SplittableRandom(seed);
      List<SplittableRandom> chances = new ArrayList<>();
      for (int i = 0; i < KEYS + READERS; i++) {
        chances.add(random.split());
      }
      List<Future<Integer>> done =
          new ArrayList<>(
              writers.start(KEYS, (key, client) -> write(key, client, chances.get(key), end)));
      done.addAll(
          readers.start(READERS, (i, client) -> read(i, client, chances.get(KEYS + i), end)));
      Crowd.join(done, DURATION.plusSeconds(30));
      long atRedis = redis.calls("get");
      assertThat(atRedis).as("GETs at Redis of %d reads", reads.get()).isLessThan(reads.get() / 2);
    }
  }

  private int write(int key, RawClient client, SplittableRandom random, long end) {
    if (random.nextBoolean()) {
      client.call("HELLO", "3");
    }
    while (System.nanoTime() < end) {
      long next = begun.incrementAndGet(key);
      List<byte[]> pipeline = new ArrayList<>(Ways.write("r:" + key, next, random));
      pipeline.add(RawClient.encode("GET", "r:" + key));
      List<byte[]> replies = client.pipeline(pipeline);
      assertThat(value(replies.get(replies.size() - 1))).as("its own write").isEqualTo(next);
      acknowledged.set(key, next);
      LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE_NANOS));
    }
    return key;
  }

  private int read(int number, RawClient client, SplittableRandom random, long end) {
    if (number % 2 == 0) {
      client.call("HELLO", "3");
    }
    long[] seen = new long[KEYS];
    while (System.nanoTime() < end) {
      int key = random.nextInt(KEYS);
      long least = acknowledged.get(key);
      int burst = 1 + random.nextInt(BURST);
      byte[] get = RawClient.encode("GET", "r:" + key);
      for (byte[] reply : client.pipeline(Collections.nCopies(burst, get))) {
        long value = value(reply);
        assertThat(value).as("acknowledged before the read").isGreaterThanOrEqualTo(least);
        assertThat(value).as("written at all").isLessThanOrEqualTo(begun.get(key));
        seen[key] = value;
      }
      reads.addAndGet(burst);
    }
    assertThat(seen).as("every key was read").doesNotContain(0);
    return number;
  }

  /** The number in a reply, 0 for a missing key. */
  private static long value(byte[] reply) {
    String text = RawClient.printable(reply);
    if (text.startsWith("_") || text.startsWith("$-1")) {
      return 0;
    }
    assertThat(text).startsWith("$");
    int from = text.indexOf("\\n") + 2;
    return Long.parseLong(text.substring(from, text.indexOf("\\r", from)));
  }

  /** The ways to write a number to a key. */
  private static final class Ways {

    private Ways() {}

    static List<byte[]> write(String key, long next, SplittableRandom random) {
      String value = Long.toString(next);
      return switch (random.nextInt(9)) {
        case 0 -> List.of(RawClient.encode("INCR", key));
        case 1 -> List.of(RawClient.encode("SETEX", key, "100", value));
        case 2 -> List.of(RawClient.encode("MSET", "other", "1", key, value));
        case 3 -> List.of(RawClient.encode("GETSET", key, value));
        case 4 -> script("redis.call('SET', '" + key + "', ARGV[1])", value);
        case 5 ->
            List.of(
                RawClient.encode("MULTI"),
                RawClient.encode("SET", key, value),
                RawClient.encode("EXEC"));
        case 6 ->
            List.of(
                RawClient.encode("SET", "t" + key, value),
                RawClient.encode("RENAME", "t" + key, key));
        case 7 ->
            List.of(RawClient.encode("SET", key, value), RawClient.encode("EXPIRE", key, "100"));
        default -> List.of(RawClient.encode("SET", key, value));
      };
    }

    private static List<byte[]> script(String code, String value) {
      return List.of(RawClient.encode("EVAL", code, "0", value));
    }
  }
}
