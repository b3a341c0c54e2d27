package io.heatsink.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody may do: break the protocol, come too many, stay silent, take nothing. */
class LimitsIT {

  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final int BIG = 100_000;

  /** Broken input; {@code …} stands for 64 KiB without an end of line. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*abc\r\n",
        "*\r\n",
        "*1 \r\n",
        "*01\r\n",
        "*99999999999999999999\r\n",
        "*2147483648\r\n",
        "*2\r\nabc\r\n",
        "*2\r\n$3\r\nGET\r\n:1\r\n",
        "*1\r\n$-5\r\n",
        "*1\r\n$-1\r\n",
        "*1\r\n$abc\r\n",
        "*1\r\n$\r\n",
        "*1\r\n$536870913\r\n",
        "*1\r\n$99999999999999999999\r\n",
        "SET \"a\r\n",
        "SET 'a\r\n",
        "SET \"a\"b\r\n",
        "…",
        "*…",
        "*1\r\n$…",
        "PING\r\n*abc\r\n",
        "*1\r\n$4\r\nPING\r\n*1\r\n$-5\r\n",
        "GET a\r\nSET \"a\r\nGET a\r\n",
        "*1\r\n$4\r\nQUIT\r\n",
        "QUIT\r\n",
        "GET a\r\nQUIT\r\n",
        "POST / HTTP/1.1\r\n",
        "Host: example.org\r\n",
      })
  void whatEndsAConnectionEndsItAsRedisDoes(String input) {
    byte[] bytes = input.replace("…", "1".repeat(64 * 1024 + 1)).getBytes(ISO_8859_1);
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient direct = heatsink.direct();
        RawClient proxied = heatsink.client()) {
      String expected = direct.sendRaw(bytes).readUntilClosed();
      assertThat(proxied.sendRaw(bytes).readUntilClosed()).isEqualTo(expected);
      try (RawClient next = heatsink.client()) {
        assertThat(next.call("PING")).isEqualTo("+PONG\r\n");
      }
    }
  }

  @Test
  void whatOnlyLooksBrokenIsTaken() {
    List<String> inputs =
        List.of(
            "*0\r\nPING\r\n",
            "*-1\r\nPING\r\n",
            "*-2\r\nPING\r\n",
            "\r\n\n  \r\nPING\r\n",
            "PING\n",
            "SET  a\t1 \r\n",
            "SET \"\" \"\\x00\\r\\n\\a\\b\\t\\\"\\q\"\r\nGET \"\"\r\n",
            "SET 'it\\'s' '\\n'\r\nGET \"it's\"\r\n",
            "*1\r\n$0\r\n\r\n",
            "*2\r\n$0\r\n\r\n$0\r\n\r\n",
            "*1\r\n$4\r\npInG\r\n",
            "*2\r\n$4\r\nECHO\r\n$4\r\n\r\n\r\n\r\n",
            "ECHO " + "y".repeat(60_000) + "\r\n",
            "*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n");
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RedisServer plain = RedisServer.start()) {
      for (String input : inputs) {
        byte[] bytes = (input + "QUIT\r\n").getBytes(ISO_8859_1);
        try (RawClient direct = plain.client();
            RawClient proxied = heatsink.client()) {
          String expected = direct.sendRaw(bytes).readUntilClosed();
          assertThat(proxied.sendRaw(bytes).readUntilClosed()).as(input).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void aDeepPipelineIsAnsweredInOrder() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      List<byte[]> pipeline = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        String key = "k" + i % 100;
        pipeline.add(RawClient.encode(i % 3 == 0 ? "INCR" : "ECHO", i % 3 == 0 ? key : "" + i));
      }
      client.sendRaw(RawClient.join(pipeline));
      int[] counts = new int[100];
      for (int i = 0; i < 20_000; i++) {
        String digits = Integer.toString(i);
        String expected =
            i % 3 == 0
                ? ":" + ++counts[i % 100] + "\r\n"
                : "$" + digits.length() + "\r\n" + digits + "\r\n";
        assertThat(client.readText()).isEqualTo(expected);
      }
    }
  }

  @Test
  void bigValuesPass() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      byte[] big = new byte[10_000_000];
      new SplittableRandom(1).nextBytes(big);
      byte[] key = {'b'};
      assertThat(client.call("SET".getBytes(ISO_8859_1), key, big)).isEqualTo("+OK\r\n");
      byte[] header = "$10000000\r\n".getBytes(ISO_8859_1);
      for (int i = 0; i < 5; i++) {
        byte[] reply = client.send("GET", "b").readReply();
        int end = header.length + big.length;
        assertThat(Arrays.equals(reply, header.length, end, big, 0, big.length)).isTrue();
      }
    }
  }

  @Test
  void whatMustBeKeptWholeIsRefusedOverTheLimit() {
    RedisServer redis = RedisServer.start();
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(redis, settings -> settings.maxRequestBytes(1024 * 1024));
        RawClient client = heatsink.client()) {
      client.sendRaw("*2\r\n$9\r\nSUBSCRIBE\r\n$2000000\r\n".getBytes(ISO_8859_1));
      assertThat(client.readUntilClosed())
          .isEqualTo("-ERR Heatsink: request larger than clients.max-request-bytes\r\n");
    }
  }

  @Test
  void oneClientTooManyIsTurnedAway() {
    RedisServer redis = RedisServer.start();
    List<RawClient> clients = new ArrayList<>();
    try (HeatsinkFixture heatsink =
        HeatsinkFixture.start(redis, settings -> settings.maxClients(5))) {
      for (int i = 0; i < 5; i++) {
        clients.add(heatsink.client());
        assertThat(clients.get(i).call("PING")).isEqualTo("+PONG\r\n");
      }
      try (RawClient sixth = heatsink.client()) {
        assertThat(sixth.readUntilClosed()).isEqualTo("-ERR max number of clients reached\r\n");
      }
      assertThat(clients.get(0).call("PING")).isEqualTo("+PONG\r\n");
      clients.get(4).close();
      Awaitility.await().atMost(LIMIT).until(() -> admitted(heatsink));
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  private static boolean admitted(HeatsinkFixture heatsink) {
    try (RawClient client = heatsink.client()) {
      return client.call("PING").equals("+PONG\r\n");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  @Test
  void whoIsSilentForTooLongIsClosed() {
    RedisServer redis = RedisServer.start();
    Duration idle = Duration.ofSeconds(1);
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(redis, settings -> settings.idleTimeout(idle));
        RawClient silent = heatsink.client();
        RawClient busy = heatsink.client();
        RawClient subscriber = heatsink.client();
        RawClient blocked = heatsink.client()) {
      assertThat(silent.call("PING")).isEqualTo("+PONG\r\n");
      assertThat(subscriber.call("SUBSCRIBE", "news")).contains("subscribe");
      blocked.send("BLPOP", "queue", "0");
      long end = System.nanoTime() + idle.multipliedBy(3).toNanos();
      while (System.nanoTime() < end) {
        assertThat(busy.call("PING")).isEqualTo("+PONG\r\n");
        Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
      }
      assertThat(silent.timeout(Duration.ofSeconds(1)).readUntilClosed()).isEmpty();
      assertThat(busy.call("PUBLISH", "news", "hello")).isEqualTo(":1\r\n");
      assertThat(subscriber.readText()).contains("hello");
      assertThat(busy.call("RPUSH", "queue", "job")).isEqualTo(":1\r\n");
      assertThat(blocked.readText()).contains("job");
    }
  }

  @Test
  void whoTakesNothingIsClosedAndHarmsNobody() {
    RedisServer redis = RedisServer.start();
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(redis, settings -> settings.maxOutputBytes(1024 * 1024));
        RawClient greedy = RawClient.connectNarrow(heatsink.address(), 16 * 1024);
        RawClient other = heatsink.client()) {
      other.call("SET", "big", "x".repeat(BIG));
      int asked = 800;
      greedy.sendRaw(RawClient.join(Collections.nCopies(asked, RawClient.encode("GET", "big"))));
      for (int i = 0; i < 500; i++) {
        assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
      }
      assertThat(greedy.countUntilClosed()).isLessThan((long) asked * BIG);
      assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
    }
  }

  @Test
  void aSlowReaderGetsAllAndHarmsNobody() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient slow = RawClient.connectNarrow(heatsink.address(), 16 * 1024);
        RawClient other = heatsink.client()) {
      other.call("SET", "big", "x".repeat(BIG));
      other.call("SET", "hot", "value");
      int asked = 400;
      slow.sendRaw(RawClient.join(Collections.nCopies(asked, RawClient.encode("GET", "big"))));
      for (int i = 0; i < 1000; i++) {
        assertThat(other.call("GET", "hot")).isEqualTo("$5\r\nvalue\r\n");
      }
      for (int i = 0; i < asked; i++) {
        assertThat(slow.readReply().length).isEqualTo("$100000\r\n\r\n".length() + BIG);
      }
      assertThat(slow.call("PING")).isEqualTo("+PONG\r\n");
    }
  }
}
