package io.heatsink.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisBinary;
import io.heatsink.testkit.RedisServer;
import io.netty.util.ResourceLeakDetector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Heat, and how little of it Redis feels; judged by Redis' own INFO commandstats. Here alone Netty
 * follows only a sample of the buffers: to follow each of them costs ten times what it carries.
 */
class HotKeyLoadIT {

  private static final String KEY = "hotkey";
  private static final int CLIENTS = 50;
  private static final Duration LIMIT = Duration.ofSeconds(110);

  private static final int READS = 1_000_000;
  private static final int READS_AT_REDIS = 100;
  private static final int PIPELINE = 8;

  /** TTL 1 s, jitter 5/60, and what a busy machine may add between a clock and a socket. */
  private static final long OLDEST_MILLIS = 1000 + 1000 * 5 / 60 + 250;

  private static final int MAX_VERSIONS = 200_000;
  private static final long WRITE_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  private static final int COLD_READERS = 1000;
  private static final int INCREMENTS = 200_000;

  private HeatsinkFixture heatsink;
  private RedisServer redis;

  @BeforeAll
  static void followASampleOfTheBuffers() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
  }

  @AfterAll
  static void followEachBufferAgain() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
  }

  @BeforeEach
  void start() {
    heatsink = HeatsinkFixture.start();
    redis = heatsink.redis();
  }

  @AfterEach
  void stop() {
    heatsink.close();
  }

  @Test
  void aMillionReadsOfOneKey() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Versions versions = new Versions();
    versions.write(redis);
    redis.resetStats();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(() -> versions.writeUntil(over, redis));
    try (Crowd watchers = new Crowd(heatsink::client)) {
      List<Future<Long>> oldest =
          watchers.start(3, (number, client) -> versions.watchUntil(over, client));
      load();
      over.set(true);
      long age = Collections.max(Crowd.join(oldest, LIMIT));
      assertThat(age).as("age of the oldest answer, ms").isLessThanOrEqualTo(OLDEST_MILLIS);
    } finally {
      over.set(true);
      writer.join();
    }
    assertThat(redis.calls("get"))
        .as("GETs at Redis: one for each write, and few more")
        .isLessThan(versions.written + READS_AT_REDIS);
  }

  private void load() throws Exception {
    Path benchmark = RedisBinary.onPath("redis-benchmark");
    if (benchmark == null) {
      loadFromHere();
      return;
    }
    List<String> command =
        List.of(
            benchmark.toString(),
            "-p",
            Integer.toString(heatsink.port()),
            "-c",
            Integer.toString(CLIENTS),
            "-n",
            Integer.toString(READS),
            "-P",
            Integer.toString(PIPELINE),
            "-q",
            "GET",
            KEY);
    Programs.Outcome outcome = Programs.run(LIMIT, null, "", command);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("requests per second").doesNotContain("rror");
  }

  private void loadFromHere() throws Exception {
    List<byte[]> burst = Collections.nCopies(PIPELINE, RawClient.encode("GET", KEY));
    try (Crowd crowd = new Crowd(heatsink::client)) {
      crowd.run(
          CLIENTS,
          LIMIT,
          (number, client) -> {
            for (int i = 0; i < READS / CLIENTS; i += PIPELINE) {
              client.pipeline(burst).forEach(reply -> assertThat(reply[0]).isEqualTo((byte) '$'));
            }
            return number;
          });
    }
  }

  /** A key whose value counts up behind the proxy's back, and when each value was overwritten. */
  private static final class Versions {

    private final AtomicLongArray overwrittenNanos = new AtomicLongArray(MAX_VERSIONS);
    private int written;

    /** Writes the next version; notes the moment from which the one before it is old. */
    void write(RedisServer redis) {
      try (RawClient client = redis.client()) {
        write(client);
      }
    }

    private void write(RawClient client) {
      int next = written + 1;
      assertThat(client.call("SET", KEY, Integer.toString(next))).isEqualTo("+OK\r\n");
      overwrittenNanos.set(written, System.nanoTime());
      written = next;
    }

    void writeUntil(AtomicBoolean over, RedisServer redis) {
      try (RawClient client = redis.client()) {
        while (!over.get() && written < MAX_VERSIONS - 2) {
          write(client);
          LockSupport.parkNanos(WRITE_EVERY_NANOS);
        }
      }
    }

    /** Reads; returns for how many ms the oldest answer had been out of date when it was asked. */
    long watchUntil(AtomicBoolean over, RawClient client) {
      long oldest = 0;
      while (!over.get()) {
        long asked = System.nanoTime();
        String reply = client.call("GET", KEY);
        int version = Integer.parseInt(reply.substring(reply.indexOf('\n') + 1).strip());
        long overwritten = overwrittenNanos.get(version);
        if (overwritten != 0) {
          oldest = Math.max(oldest, asked - overwritten);
        }
        LockSupport.parkNanos(WRITE_EVERY_NANOS);
      }
      return TimeUnit.NANOSECONDS.toMillis(oldest);
    }
  }

  @Test
  void aThousandReadersOfOneColdKey() {
    redis.call("SET", "cold", "value");
    List<RawClient> readers = new ArrayList<>();
    try {
      for (int i = 0; i < COLD_READERS; i++) {
        readers.add(heatsink.client());
        assertThat(readers.get(i).call("PING")).isEqualTo("+PONG\r\n");
      }
      redis.resetStats();
      redis.pause();
      readers.forEach(reader -> reader.send("GET", "cold"));
      // All of them have long been read when Redis goes on.
      Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
      redis.resume();
      for (RawClient reader : readers) {
        assertThat(reader.readText()).isEqualTo("$5\r\nvalue\r\n");
      }
    } finally {
      readers.forEach(RawClient::close);
    }
    assertThat(redis.calls("get")).as("GETs at Redis").isBetween(1L, 2L);
  }

  @Test
  void incrementsAreCombinedAndExact() throws Exception {
    redis.resetStats();
    byte[] increment = RawClient.encode("INCR", "counter");
    BitSet seen = new BitSet(INCREMENTS + 1);
    try (Crowd crowd = new Crowd(heatsink::client)) {
      List<int[]> replies =
          crowd.run(CLIENTS, LIMIT, (number, client) -> increments(client, increment));
      for (int[] ofOneClient : replies) {
        int before = 0;
        for (int reply : ofOneClient) {
          assertThat(reply).as("replies of one client go up").isGreaterThan(before);
          assertThat(seen.get(reply)).as("reply %d twice", reply).isFalse();
          seen.set(reply);
          before = reply;
        }
      }
    }
    assertThat(seen.cardinality()).isEqualTo(INCREMENTS);
    assertThat(seen.length()).isEqualTo(INCREMENTS + 1);
    Map<String, Long> calls = redis.commandCalls();
    long atRedis = calls.getOrDefault("incr", 0L) + calls.getOrDefault("incrby", 0L);
    assertThat(redis.call("GET", "counter")).contains(Integer.toString(INCREMENTS));
    assertThat(atRedis).as("commands at Redis").isLessThanOrEqualTo(INCREMENTS / 4);
  }

  private static int[] increments(RawClient client, byte[] increment) {
    int[] replies = new int[INCREMENTS / CLIENTS];
    for (int i = 0; i < replies.length; i++) {
      byte[] reply = client.sendRaw(increment).readReply();
      assertThat(reply[0]).as(new String(reply, UTF_8)).isEqualTo((byte) ':');
      replies[i] = Integer.parseInt(new String(reply, 1, reply.length - 3, ISO_8859_1));
    }
    return replies;
  }
}
