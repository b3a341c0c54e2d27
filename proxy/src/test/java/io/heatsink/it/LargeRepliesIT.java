package io.heatsink.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However large a reply is and however slowly it is taken: no other client notices. */
class LargeRepliesIT {

  private static final int MIB = 1024 * 1024;
  private static final int NARROW = 16 * 1024;
  private static final String OK = "+OK\r\n";

  /** A few MiB for each that is slow, and no more for a larger value. */
  private static final long MEMORY = 24L * MIB;

  private final byte[] piece = new byte[MIB];
  private HeatsinkFixture heatsink;
  private RawClient other;
  private long directBefore;
  private long mostDirect;

  @BeforeEach
  void start() {
    heatsink =
        HeatsinkFixture.start(
            RedisServer.start(), settings -> settings.maxOutputBytes(8 * MIB).maxPinned(12));
    other = heatsink.client();
    other.call("SET", "small", "value");
    heatsink.redis().resetStats();
    directBefore = PlatformDependent.usedDirectMemory();
    mostDirect = 0;
  }

  @AfterEach
  void stop() {
    other.close();
    heatsink.close();
  }

  /** Fills a key with so many MiB that no two bytes tell of each other; returns their checksum. */
  private long fill(String key, int mebibytes) {
    SplittableRandom random = new SplittableRandom(mebibytes);
    CRC32 sum = new CRC32();
    try (RawClient direct = heatsink.direct()) {
      direct.call("SETRANGE", key, Integer.toString(mebibytes * MIB - 1), "x");
      for (int i = 0; i < mebibytes; i++) {
        random.nextBytes(piece);
        sum.update(piece);
        byte[] offset = Integer.toString(i * MIB).getBytes(ISO_8859_1);
        direct.call("SETRANGE".getBytes(ISO_8859_1), key.getBytes(ISO_8859_1), offset, piece);
      }
    }
    return sum.getValue();
  }

  private RawClient slow() {
    return RawClient.connectNarrow(heatsink.address(), NARROW).timeout(Duration.ofSeconds(60));
  }

  private static String header(int mebibytes) {
    return "$" + mebibytes * MIB + "\r\n";
  }

  private String text(RawClient client, int length) {
    int taken = client.take(piece, length);
    return new String(piece, 0, taken, ISO_8859_1);
  }

  /** Takes a string slowly: between its pieces the other client is answered. */
  private long take(RawClient client, int mebibytes) {
    assertThat(text(client, header(mebibytes).length())).isEqualTo(header(mebibytes));
    CRC32 sum = new CRC32();
    for (int i = 0; i < mebibytes; i++) {
      othersAreServed();
      assertThat(client.take(piece, MIB)).isEqualTo(MIB);
      sum.update(piece);
    }
    assertThat(text(client, 2)).isEqualTo("\r\n");
    return sum.getValue();
  }

  private void othersAreServed() {
    mostDirect = Math.max(mostDirect, PlatformDependent.usedDirectMemory() - directBefore);
    assertThat(other.call("STRLEN", "small")).isEqualTo(":5\r\n");
    assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
  }

  /** What the client sent before was longer than all that comes now. */
  @Test
  void aReadThatNamesNoKeyIsRefused() {
    try (RawClient client = RawClient.connect(heatsink.address())) {
      assertThat(client.call("n".repeat(100_000), "a")).startsWith("-ERR unknown command");
      assertThat(client.call("GET")).startsWith("-ERR wrong number of arguments for 'get'");
      assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
    }
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private void await(String command, int calls) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(heatsink.redis().calls(command)).isGreaterThanOrEqualTo(calls));
  }

  @Test
  void aHugeValueReachesWhoIsSlow() {
    int size = 300;
    long sum = fill("big", size);
    heatsink.redis().resetStats();
    long heap = usedHeap();
    try (RawClient slow = slow()) {
      slow.send("STRLEN", "big");
      assertThat(slow.readText()).isEqualTo(":" + size * MIB + "\r\n");
      slow.send("GET", "big");
      await("get", 2);
      for (int i = 0; i < 1000; i++) {
        othersAreServed();
      }
      assertThat(usedHeap() - heap).isLessThan(MEMORY);
      heatsink.redis().resetStats();
      assertThat(take(slow, size)).isEqualTo(sum);
      assertThat(slow.call("PING")).isEqualTo("+PONG\r\n");

      slow.send("GET", "big");
      assertThat(take(slow, size)).isEqualTo(sum);
      assertThat(heatsink.redis().calls("get"))
          .as("is read once from the second time on")
          .isEqualTo(1);
      assertThat(mostDirect).isLessThan(MEMORY);
    }
    assertThat(heatsink.metric("heatsink_backend_pinned")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "2, GET big",
    "2, GETRANGE big 0 -1",
    "3, GET big",
    "3, HGET map field",
  })
  void anyReadOfOneStringIsPassedOn(int protocol, String request) {
    int size = 24;
    long sum = fill("big", size);
    heatsink.redis().call("EVAL", "redis.call('HSET','map','field',redis.call('GET','big'))", "0");
    try (RawClient slow = slow()) {
      slow.call("HELLO", Integer.toString(protocol));
      for (int i = 0; i < 2; i++) {
        slow.send(request.split(" ", -1));
        assertThat(take(slow, size)).isEqualTo(sum);
      }
      assertThat(slow.call("GET", "small")).isEqualTo("$5\r\nvalue\r\n");
    }
    assertThat(mostDirect).isLessThan(MEMORY);
  }

  @Test
  void tenWhoAreSlowReadOneHotValue() {
    int size = 16;
    int readers = 10;
    long sum = fill("big", size);
    List<RawClient> slow = new ArrayList<>();
    try {
      for (int i = 0; i < readers; i++) {
        slow.add(slow());
      }
      for (int round = 0; round < 2; round++) {
        slow.forEach(client -> client.send("GET", "big"));
        for (RawClient client : slow) {
          assertThat(take(client, size)).isEqualTo(sum);
        }
      }
    } finally {
      slow.forEach(RawClient::close);
    }
    assertThat(mostDirect).isLessThan(MEMORY);
    assertThat(heatsink.metric("heatsink_backend_pinned")).isZero();
  }

  @Test
  void whatWasSentBehindALargeReadIsAnsweredBehindIt() {
    int size = 6;
    long sum = fill("big", size);
    try (RawClient client = heatsink.client()) {
      for (int round = 0; round < 3; round++) {
        heatsink.redis().call("COPY", "big", "copy", "REPLACE");
        client.sendRaw(
            RawClient.join(
                List.of(
                    RawClient.encode("PING"),
                    RawClient.encode("GET", "copy"),
                    RawClient.encode("SET", "copy", "new"),
                    RawClient.encode("GET", "copy"))));
        assertThat(client.readText()).isEqualTo("+PONG\r\n");
        assertThat(take(client, size)).isEqualTo(sum);
        assertThat(client.readText()).isEqualTo(OK);
        assertThat(client.readText()).isEqualTo("$3\r\nnew\r\n");
      }
    }
  }

  @Test
  void whoIsClosedForWhatHeHasSentBehindIsServedTheNextTime() {
    int size = 32;
    long sum = fill("big", size);
    byte[] both = RawClient.join(List.of(RawClient.encode("GET", "big"), RawClient.encode("PING")));
    try (RawClient slow = slow()) {
      slow.sendRaw(both);
      Awaitility.await().until(() -> heatsink.metric("heatsink_client_over_limit") == 1);
      assertThat(slow.countUntilClosed()).isLessThan((long) size * MIB);
    }
    try (RawClient slow = slow()) {
      slow.sendRaw(both);
      assertThat(take(slow, size)).isEqualTo(sum);
      assertThat(slow.readText()).isEqualTo("+PONG\r\n");
    }
  }

  @Test
  void whoLeavesInTheMiddleLeavesNothingBehind() {
    int size = 32;
    long sum = fill("big", size);
    for (int taken = 0; taken < size; taken += 6) {
      heatsink.redis().call("COPY", "big", "big" + taken);
      heatsink.redis().resetStats();
      try (RawClient slow = slow()) {
        slow.send("GET", "big" + taken);
        await("get", taken == 0 ? 1 : 2);
        for (int i = 0; i < taken; i++) {
          assertThat(slow.take(piece, MIB)).isEqualTo(MIB);
        }
        slow.reset();
      }
      othersAreServed();
    }
    Awaitility.await().until(() -> heatsink.metric("heatsink_backend_pinned") == 0);
    try (RawClient slow = slow()) {
      slow.send("GET", "big0");
      assertThat(take(slow, size)).isEqualTo(sum);
    }
  }

  /** Over NIO: Netty's epoll transport loses sight of a socket whose peer sends nothing more. */
  @Test
  void whoSendsNothingMoreGetsAllThatHeIsOwed() {
    int size = 16;
    System.setProperty("io.heatsink.transport", "nio");
    stop();
    start();
    long sum = fill("big", size);
    try {
      for (int round = 0; round < 2; round++) {
        try (RawClient slow = slow()) {
          slow.send("GET", "big").shutdownOutput();
          assertThat(take(slow, size)).isEqualTo(sum);
          assertThat(slow.readUntilClosed()).isEmpty();
        }
      }
    } finally {
      System.clearProperty("io.heatsink.transport");
    }
  }

  @Test
  void aReadThatIsSmallAgainTravelsWithTheOthers() {
    int size = 16;
    long sum = fill("big", size);
    List<RawClient> blocked = new ArrayList<>();
    try (RawClient client = heatsink.client()) {
      client.send("GET", "big");
      assertThat(take(client, size)).isEqualTo(sum);
      client.call("SET", "big", "small");
      assertThat(client.call("GET", "big")).isEqualTo("$5\r\nsmall\r\n");
      for (int i = 0; i < 12; i++) {
        blocked.add(heatsink.client());
        blocked.get(i).send("BLPOP", "queue", "0");
      }
      Awaitility.await().until(() -> heatsink.metric("heatsink_backend_pinned") == 12);
      assertThat(client.call("GET", "big")).isEqualTo("$5\r\nsmall\r\n");

      fill("big", size);
      String full = "-ERR Heatsink: all 12 pinned connections are in use (backend.max-pinned)\r\n";
      assertThat(client.call("GET", "big")).isEqualTo(full);
      client.send("GET", "big");
      assertThat(other.call("RPUSH", "queue", "job")).isEqualTo(":1\r\n");
      assertThat(take(client, size)).isEqualTo(sum);
    } finally {
      blocked.forEach(RawClient::close);
    }
  }

  @Test
  void whatComesOnAConnectionOfItsOwnWaitsInRedis() {
    int size = 64;
    long sum = fill("big", size);
    try (RawClient slow = slow()) {
      slow.send("EVAL", "return redis.call('GET', 'big')", "0");
      assertThat(take(slow, size)).isEqualTo(sum);
      assertThat(slow.call("MULTI")).isEqualTo(OK);
      slow.call("GET", "big");
      slow.call("GET", "big");
      slow.send("EXEC");
      assertThat(text(slow, 4)).isEqualTo("*2\r\n");
      assertThat(take(slow, size)).isEqualTo(sum);
      assertThat(take(slow, size)).isEqualTo(sum);
    }
    assertThat(mostDirect).isLessThan(MEMORY);
  }

  @Test
  void aHugeMessageWaitsInRedis() {
    int size = 24;
    long sum = fill("big", size);
    try (RawClient slow = slow()) {
      slow.call("SUBSCRIBE", "news");
      heatsink
          .redis()
          .call("EVAL", "return redis.call('PUBLISH', 'news', redis.call('GET', 'big'))", "0");
      String head = "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n";
      assertThat(text(slow, head.length())).isEqualTo(head);
      assertThat(take(slow, size)).isEqualTo(sum);
    }
    assertThat(mostDirect).isLessThan(MEMORY);
  }

  @Test
  void aLargeArrayIsPassedOnTheSecondTime() {
    try (RawClient slow = slow()) {
      fill("big", 1);
      String push = "for i = 1, 7 do redis.call('RPUSH', 'list', redis.call('GET', 'big')) end";
      heatsink.redis().call("EVAL", push, "0");
      slow.send("LRANGE", "list", "0", "-1");
      assertThat(slow.readReply()).hasSizeGreaterThan(7 * MIB);
      heatsink.redis().call("EVAL", push, "0");
      slow.send("LRANGE", "list", "0", "-1");
      for (int i = 0; i < 1000; i++) {
        othersAreServed();
      }
      assertThat(slow.readReply()).hasSizeGreaterThan(14 * MIB);
    }
  }
}
