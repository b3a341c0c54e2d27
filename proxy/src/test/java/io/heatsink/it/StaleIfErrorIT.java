package io.heatsink.it;

import static io.heatsink.it.Scene.NEW;
import static io.heatsink.it.Scene.OLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** While Redis is away old answers stand in for it, where a rule says so and for as long. */
class StaleIfErrorIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration MAX_STALE = Duration.ofSeconds(4);
  private static final String UNREACHABLE = "-ERR Heatsink: ";

  private HeatsinkFixture heatsink;
  private RawClient client;

  @BeforeEach
  void start() {
    heatsink =
        HeatsinkFixture.start(
            RedisServer.start(),
            settings ->
                settings
                    .untrackedTtl(Duration.ofMillis(20))
                    .rule("kept:*", Level.STALE_IF_ERROR, null, Duration.ofMinutes(10))
                    .rule("brief:*", Level.STALE_IF_ERROR, null, MAX_STALE));
    client = heatsink.client();
    track(client);
  }

  /** Reads until Redis tells of changes, so that nothing is kept for the untracked TTL. */
  private void track(RawClient reader) {
    double before = heatsink.metric("heatsink_backend_tracked");
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              heatsink.absorb(reader, "warm");
              return heatsink.metric("heatsink_backend_tracked") > before;
            });
  }

  @AfterEach
  void stop() {
    client.close();
    heatsink.close();
  }

  /** Has the answer to a read kept. */
  private void absorb(RawClient reader, String... read) {
    List<byte[]> round = Collections.nCopies(1_000, RawClient.encode(read));
    String command = read[0].toLowerCase(Locale.ROOT);
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              reader.pipeline(round);
              long before = heatsink.redis().calls(command);
              for (int i = 0; i < 40; i++) {
                reader.call(read);
              }
              return heatsink.redis().calls(command) - before <= 3;
            });
  }

  private void absorb(String key) {
    heatsink.redis().call("SET", key, "old");
    heatsink.absorb(client, key);
  }

  /** Ends Redis, and waits until these clients' connections are known to be down. */
  private void stopRedis(RawClient... clients) {
    heatsink.redis().stop();
    for (RawClient each : clients) {
      await().atMost(LIMIT).until(() -> each.call("GET", "none").startsWith(UNREACHABLE));
    }
  }

  private static double seconds(long fromNanos) {
    return (System.nanoTime() - fromNanos) / 1e9;
  }

  @Test
  void oldAnswersComeUntilMaxStaleAndOthersNotAtAll() {
    absorb("plain:a");
    absorb("brief:a");
    long kept = System.nanoTime();
    stopRedis(client);
    assertThat(client.call("GET", "plain:a")).as("no rule").startsWith(UNREACHABLE);
    assertThat(client.call("GET", "kept:never-read")).startsWith(UNREACHABLE);
    int served = 0;
    while (client.call("GET", "brief:a").equals(OLD)) {
      served++;
      assertThat(seconds(kept)).isLessThan(MAX_STALE.toSeconds() + 0.5);
    }
    assertThat(served).isPositive();
    assertThat(client.call("GET", "brief:a")).startsWith(UNREACHABLE);
    assertThat(heatsink.metric("heatsink_stale_served_total")).isEqualTo(served);
  }

  @Test
  void aKeysOwnExpiryEndsItSooner() {
    heatsink.redis().call("SET", "kept:a", "old", "PX", "4000");
    long set = System.nanoTime();
    heatsink.absorb(client, "kept:a");
    stopRedis(client);
    assertThat(client.call("GET", "kept:a")).isEqualTo(OLD);
    while (client.call("GET", "kept:a").equals(OLD)) {
      assertThat(seconds(set)).isLessThan(4.5);
    }
    assertThat(client.call("GET", "kept:a")).startsWith(UNREACHABLE);
  }

  /** It cannot have been run, but who sent it would not be surprised if it had. */
  @Test
  void aWriteMeanwhileEndsIt() {
    absorb("kept:a");
    absorb("kept:b");
    stopRedis(client);
    assertThat(client.call("GET", "kept:a")).isEqualTo(OLD);
    assertThat(client.call("SET", "kept:a", "new")).startsWith(UNREACHABLE);
    assertThat(client.call("GET", "kept:a")).startsWith(UNREACHABLE);
    assertThat(client.call("GET", "kept:b")).isEqualTo(OLD);
    assertThat(client.call("FLUSHALL")).startsWith(UNREACHABLE);
    assertThat(client.call("GET", "kept:b")).startsWith(UNREACHABLE);
  }

  @Test
  void notForWhoWantsFreshReadsOrIsInATransaction() {
    absorb("kept:a");
    try (RawClient fresh = heatsink.client();
        RawClient queueing = heatsink.client()) {
      fresh.call("HEATSINK", "FRESH", "ON");
      queueing.call("MULTI");
      stopRedis(client);
      assertThat(client.call("GET", "kept:a")).isEqualTo(OLD);
      assertThat(fresh.call("GET", "kept:a")).startsWith(UNREACHABLE);
      fresh.call("HEATSINK", "FRESH", "OFF");
      assertThat(fresh.call("GET", "kept:a")).isEqualTo(OLD);
      assertThat(queueing.send("GET", "kept:a").readUntilClosed()).doesNotContain("old");
    }
  }

  @Test
  void forOtherReadsMgetAndResp3Too() {
    absorb("kept:a");
    heatsink.redis().call("HSET", "kept:h", "f", "v");
    try (RawClient client3 = heatsink.client3()) {
      client3.call("MGET", "kept:a");
      absorb(client, "HGETALL", "kept:h");
      absorb(client3, "HGETALL", "kept:h");
      absorb(client, "MGET", "kept:a", "kept:a");
      stopRedis(client, client3);
      assertThat(client3.call("GET", "kept:a")).isEqualTo(OLD);
      assertThat(client.call("HGETALL", "kept:h")).isEqualTo("*2\r\n$1\r\nf\r\n$1\r\nv\r\n");
      assertThat(client3.call("HGETALL", "kept:h")).isEqualTo("%1\r\n$1\r\nf\r\n$1\r\nv\r\n");
      assertThat(client.call("MGET", "kept:a", "kept:a")).isEqualTo("*2\r\n" + OLD + OLD);
      assertThat(client.call("MGET", "kept:a", "none")).startsWith(UNREACHABLE);
      assertThat(client.call("TTL", "kept:a")).startsWith(UNREACHABLE);
    }
  }

  @Test
  void whenRedisAnswersAgainItsAnswersCount() {
    absorb("kept:a");
    stopRedis(client);
    assertThat(client.call("GET", "kept:a")).isEqualTo(OLD);
    heatsink.redis().restart();
    heatsink.redis().call("SET", "kept:a", "new");
    await().atMost(LIMIT).until(() -> client.call("GET", "kept:a").equals(NEW));
    double before = heatsink.metric("heatsink_stale_served_total");
    heatsink.absorb(client, "kept:a");
    assertThat(client.call("GET", "kept:a")).isEqualTo(NEW);
    assertThat(heatsink.metric("heatsink_stale_served_total")).isEqualTo(before);
  }

  @Test
  void anOperatorIsTold() {
    Logger logger = (Logger) LoggerFactory.getLogger("io.heatsink.route");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.setLevel(ch.qos.logback.classic.Level.INFO);
    logger.addAppender(lines);
    try {
      absorb("kept:a");
      String policy = client.call("HEATSINK", "POLICY", "kept:a");
      assertThat(policy).contains("stale-if-error").doesNotContain("cannot be reached");
      stopRedis(client);
      assertThat(client.call("HEATSINK", "POLICY", "kept:a"))
          .contains("stale-if-error", "Redis cannot be reached", "kept\r\n:1");
      client.call("GET", "kept:a");
      client.call("GET", "kept:a");
      assertThat(client.call("HEATSINK", "STATS")).contains("stale_served\r\n:2\r\n");
      String backend = "127.0.0.1:" + heatsink.redis().port();
      assertThat(messages(lines)).hasSize(1).first().asString().startsWith(backend + " cannot be");
      await().atMost(LIMIT).until(() -> heatsink.admin("/ready").statusCode() == 503);
      heatsink.redis().restart();
      await().atMost(LIMIT).until(() -> messages(lines).size() > 1);
      assertThat(messages(lines).get(1)).contains(backend, "2 reads");
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(null);
    }
  }

  private static List<String> messages(ListAppender<ILoggingEvent> lines) {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
