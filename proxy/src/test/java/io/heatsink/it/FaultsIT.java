package io.heatsink.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heatsink.Heatsink;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Redis that is away, dies or is cut off; clients that leave at the worst moment. */
class FaultsIT {

  private static final Duration RECOVERY = Duration.ofSeconds(15);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int VANISHING = 1000;

  @Test
  void aBackendThatIsNotThereYet() {
    RedisServer redis = RedisServer.start();
    redis.stop();
    try (HeatsinkFixture heatsink = HeatsinkFixture.start(redis, settings -> {});
        RawClient client = heatsink.client()) {
      for (String command : List.of("GET a", "SET a 1", "NOSUCH a", "INCR a", "MULTI")) {
        String reply = client.call(command.split(" ", -1));
        assertThat(reply).as(command).startsWith("-").endsWith("\r\n");
      }
      assertThat(heatsink.admin("/health").statusCode()).isEqualTo(200);
      assertThat(heatsink.admin("/ready").statusCode()).isEqualTo(503);
      redis.restart();
      Awaitility.await().atMost(RECOVERY).until(() -> answers(client));
      Awaitility.await().atMost(RECOVERY).until(() -> heatsink.admin("/ready").statusCode() == 200);
      assertThat(client.call("INCR", "n")).isEqualTo(":1\r\n");
      assertThat(client.call("MULTI")).isEqualTo("+OK\r\n");
      assertThat(client.call("EXEC")).isEqualTo("*0\r\n");
    }
  }

  private static boolean answers(RawClient client) {
    return client.call("SET", "probe", "1").equals("+OK\r\n");
  }

  @Test
  void aBackendThatDiesUnderLoad() throws Exception {
    RedisServer redis = RedisServer.start();
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong errors = new AtomicLong();
    try (HeatsinkFixture heatsink = HeatsinkFixture.start(redis, settings -> {});
        Crowd crowd = new Crowd(heatsink::client)) {
      List<Future<Integer>> done =
          crowd.start(8, (number, client) -> echoUntil(over, errors, number, client));
      for (int i = 0; i < 3; i++) {
        Awaitility.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        long before = errors.get();
        redis.stop();
        Awaitility.await().atMost(RECOVERY).until(() -> errors.get() > before);
        redis.restart();
        try (RawClient probe = heatsink.client()) {
          Awaitility.await().atMost(RECOVERY).until(() -> answers(probe));
        }
      }
      Awaitility.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
      over.set(true);
      Crowd.join(done, LIMIT);
      try (RawClient probe = heatsink.client()) {
        List<byte[]> pipeline = Collections.nCopies(100, RawClient.encode("GET", "probe"));
        probe.pipeline(pipeline).forEach(r -> assertThat(text(r)).isEqualTo("$1\r\n1\r\n"));
      }
    }
  }

  /** Each reply is the one to its own command, or an error; none is missing, none is double. */
  private static int echoUntil(
      AtomicBoolean over, AtomicLong errors, int number, RawClient client) {
    int sent = 0;
    while (!over.get()) {
      List<byte[]> pipeline = new ArrayList<>();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String token = number + ":" + sent++;
        if (i % 4 == 3) {
          pipeline.add(RawClient.encode("GET", "none:" + token));
          expected.add("$-1\r\n");
        } else {
          pipeline.add(RawClient.encode("ECHO", token));
          expected.add("$" + token.length() + "\r\n" + token + "\r\n");
        }
      }
      List<byte[]> replies = client.pipeline(pipeline);
      for (int i = 0; i < replies.size(); i++) {
        String reply = text(replies.get(i));
        if (reply.startsWith("-")) {
          errors.incrementAndGet();
        } else {
          assertThat(reply).isEqualTo(expected.get(i));
        }
      }
    }
    return sent;
  }

  @Test
  void connectionsCutUnderLoadNeitherLoseNorDoubleAnIncrement() throws Exception {
    RedisServer redis = RedisServer.start();
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong failed = new AtomicLong();
    try (HeatsinkFixture heatsink = HeatsinkFixture.start(redis, settings -> {});
        Crowd crowd = new Crowd(heatsink::client)) {
      List<Future<List<Long>>> done =
          crowd.start(8, (number, client) -> incrementUntil(over, failed, client));
      for (int i = 0; i < 20; i++) {
        Awaitility.await().pollDelay(Duration.ofMillis(150)).until(() -> true);
        redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      }
      over.set(true);
      List<Long> acknowledged = new ArrayList<>();
      Crowd.join(done, LIMIT).forEach(acknowledged::addAll);
      assertThat(acknowledged).doesNotHaveDuplicates();
      long value = number(redis.call("INCRBY", "n", "0"));
      assertThat(value).isGreaterThanOrEqualTo(acknowledged.size());
      assertThat(value).isLessThanOrEqualTo(acknowledged.size() + failed.get());
      assertThat(acknowledged).hasSizeGreaterThan(1000).allMatch(reply -> reply <= value);
    }
  }

  private static List<Long> incrementUntil(
      AtomicBoolean over, AtomicLong failed, RawClient client) {
    List<Long> acknowledged = new ArrayList<>();
    List<byte[]> burst = Collections.nCopies(5, RawClient.encode("INCR", "n"));
    while (!over.get()) {
      for (byte[] reply : client.pipeline(burst)) {
        if (reply[0] == ':') {
          acknowledged.add(number(text(reply)));
        } else {
          assertThat(text(reply)).startsWith("-");
          failed.incrementAndGet();
        }
      }
    }
    return acknowledged;
  }

  private static long number(String reply) {
    return Long.parseLong(reply.substring(1).strip());
  }

  @Test
  void clientsThatVanishLeaveNothingBehind() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient steady = heatsink.client()) {
      steady.call("SET", "big", "x".repeat(100_000));
      steady.call("SET", "hot", "value");
      heatsink.absorb(steady, "hot");
      double before = heatsink.metric("heatsink_connected_clients");
      for (int i = 0; i < VANISHING; i++) {
        vanish(heatsink.client(), i);
      }
      assertThat(steady.call("GET", "hot")).isEqualTo("$5\r\nvalue\r\n");
      Awaitility.await()
          .atMost(RECOVERY)
          .until(() -> heatsink.metric("heatsink_connected_clients") <= before);
      assertThat(before).isPositive();
    }
  }

  /** Leaves in one of many bad moments, politely or not. */
  private static void vanish(RawClient client, int number) {
    byte[] bigs = RawClient.join(Collections.nCopies(20, RawClient.encode("GET", "big")));
    byte[] hots = RawClient.join(Collections.nCopies(50, RawClient.encode("GET", "hot")));
    switch (number % 10) {
      case 0 -> client.sendRaw("*2\r\n$3\r\nGET\r\n$3\r\nho".getBytes(US_ASCII));
      case 1 -> client.sendRaw("*2\r\n$3\r\nSET\r\n$100000\r\nxxx".getBytes(US_ASCII));
      case 2 -> client.sendRaw(bigs);
      case 3 -> client.sendRaw(bigs).readReply();
      case 4 -> client.sendRaw(hots);
      case 5 -> client.send("BLPOP", "nothing", "0");
      case 6 -> client.send("SUBSCRIBE", "news").readReply();
      case 7 -> client.send("MULTI").send("SET", "hot", "lost").readReply();
      case 8 -> client.send("INCR", "n").send("GET", "hot").sendRaw(bigs).readReply();
      default -> client.sendRaw("GET ho".getBytes(US_ASCII));
    }
    if (number / 10 % 2 == 0) {
      client.reset();
    } else {
      client.close();
    }
  }

  @Test
  void whoSaysGoodbyeStillGetsHisReplies() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      client.call("SET", "a", "1");
      client.sendRaw(RawClient.join(Collections.nCopies(20, RawClient.encode("GET", "a"))));
      client.shutdownOutput();
      assertThat(client.readUntilClosed()).isEqualTo("$1\r\n1\r\n".repeat(20));
    }
  }

  @Test
  void aBlockedClientBlocksNobodyElseAndIsForgottenWhenItLeaves() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient other = heatsink.client()) {
      RedisServer redis = heatsink.redis();
      RawClient blocked = heatsink.client();
      blocked.send("BLPOP", "queue", "0");
      Awaitility.await().atMost(RECOVERY).until(() -> blockedClients(redis).equals("1"));
      for (int i = 0; i < 100; i++) {
        assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
        assertThat(other.call("INCR", "n")).isEqualTo(":" + (i + 1) + "\r\n");
      }
      blocked.close();
      Awaitility.await().atMost(RECOVERY).until(() -> blockedClients(redis).equals("0"));
      assertThat(other.call("RPUSH", "queue", "job")).isEqualTo(":1\r\n");
      assertThat(other.call("BLPOP", "queue", "1")).isEqualTo("*2\r\n$5\r\nqueue\r\n$3\r\njob\r\n");
    }
  }

  private static String blockedClients(RedisServer redis) {
    return String.valueOf(redis.info("clients").get("blocked_clients"));
  }

  @Test
  void whatFollowsABlockingCommandWaitsForIt() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient blocked = heatsink.client();
        RawClient other = heatsink.client()) {
      blocked.send("BLPOP", "queue", "0").send("GET", "a").send("INCR", "n").send("GET", "a");
      Awaitility.await().atMost(RECOVERY).until(() -> blockedClients(heatsink.redis()).equals("1"));
      assertThat(other.call("SET", "a", "1")).isEqualTo("+OK\r\n");
      assertThat(other.call("RPUSH", "queue", "job")).isEqualTo(":1\r\n");
      assertThat(blocked.readText()).isEqualTo("*2\r\n$5\r\nqueue\r\n$3\r\njob\r\n");
      assertThat(blocked.readText()).isEqualTo("$1\r\n1\r\n");
      assertThat(blocked.readText()).isEqualTo(":1\r\n");
      assertThat(blocked.readText()).isEqualTo("$1\r\n1\r\n");
    }
  }

  @Test
  void aBusyPortIsSaidInOneLine() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start()) {
      TestConfig config = TestConfig.before(heatsink.redis().port()).listen(heatsink.address());
      assertThatThrownBy(() -> Heatsink.start(config.build()).close())
          .hasMessageContaining(Integer.toString(heatsink.port()))
          .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("\n"));
      try (RawClient client = heatsink.client()) {
        assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
      }
    }
  }

  private static String text(byte[] reply) {
    return new String(reply, ISO_8859_1);
  }
}
