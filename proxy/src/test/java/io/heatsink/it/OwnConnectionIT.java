package io.heatsink.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one client does on a connection of its own holds up no other, and stays in its order. */
class OwnConnectionIT {

  private static final String OK = "+OK\r\n";

  private HeatsinkFixture heatsink;
  private RawClient one;
  private RawClient two;

  @BeforeEach
  void start() {
    heatsink =
        HeatsinkFixture.start(
            RedisServer.start(),
            settings ->
                settings.maxPinned(2).maxRequestBytes(64 * 1024).maxOutputBytes(4 * 1024 * 1024));
    one = heatsink.client();
    two = heatsink.client();
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    heatsink.close();
  }

  @Test
  void aScriptThatNeverEndsCanBeKilled() {
    two.call("SET", "k", "v");
    two.call("CONFIG", "SET", "lua-time-limit", "20");
    one.send("EVAL", "while true do end", "0");
    Awaitility.await().until(() -> two.call("GET", "k").startsWith("-BUSY"));
    assertThat(two.call("EVAL", "return 1", "0")).startsWith("-BUSY");
    assertThat(two.call("SCRIPT", "KILL")).isEqualTo(OK);
    assertThat(one.readText()).startsWith("-ERR ").contains("killed");
    assertThat(one.call("GET", "k")).isEqualTo("$1\r\nv\r\n");
  }

  @Test
  void scriptsKeepTheirPlaceAmongTheCommandsOfTheirClient() {
    one.sendRaw(
        RawClient.join(
            List.of(
                RawClient.encode("SET", "k", "1"),
                RawClient.encode("EVAL", "return redis.call('INCR','k')", "0"),
                RawClient.encode("GET", "k"),
                RawClient.encode("EVAL", "return redis.call('INCR','k')", "0"),
                RawClient.encode("INCR", "k"),
                RawClient.encode("SELECT", "1"),
                RawClient.encode("EVAL", "return redis.call('GET','k')", "0"),
                RawClient.encode("MULTI"),
                RawClient.encode("EVAL", "return 7", "0"),
                RawClient.encode("EXEC"),
                RawClient.encode("PING"))));
    StringBuilder replies = new StringBuilder();
    for (int i = 0; i < 11; i++) {
      replies.append(one.readText());
    }
    assertThat(replies.toString())
        .isEqualTo(
            String.join(
                "\r\n",
                List.of(
                    "+OK", ":2", "$1", "2", ":3", ":4", "+OK", "$-1", "+OK", "+QUEUED", "*1", ":7",
                    "+PONG", "")));
  }

  /** Also what moves it from one shared connection to another, which Redis holds as well. */
  @ParameterizedTest
  @ValueSource(strings = {"SELECT 1", "HELLO 3", "AUTH default any", "CLIENT ID", "PING"})
  void aPauseHoldsWhatTheClientSays(String command) {
    one.call("PING");
    long begin = System.nanoTime();
    assertThat(two.call("CLIENT", "PAUSE", "300", "ALL")).isEqualTo(OK);
    one.call(command.split(" ", -1));
    assertThat(System.nanoTime() - begin).isGreaterThan(250_000_000L);
    assertThat(one.call("PING")).isEqualTo("+PONG\r\n");
  }

  @Test
  void aPauseHoldsEachClientByItself() {
    two.call("SET", "k", "old");
    assertThat(two.call("CLIENT", "PAUSE", "60000", "WRITE")).isEqualTo(OK);
    one.send("SET", "k", "new");
    Awaitility.await().until(() -> two.call("INFO", "clients").contains("blocked_clients:1"));
    assertThat(two.call("GET", "k")).isEqualTo("$3\r\nold\r\n");
    assertThat(two.call("CLIENT", "UNPAUSE")).isEqualTo(OK);
    assertThat(one.readText()).isEqualTo(OK);
    assertThat(two.call("GET", "k")).isEqualTo("$3\r\nnew\r\n");
    assertThat(two.call("CLIENT", "PAUSE", "100", "ALL")).isEqualTo(OK);
    assertThat(one.call("GET", "k")).isEqualTo("$3\r\nnew\r\n");
    assertThat(two.call("SET", "k", "2")).isEqualTo(OK);
  }

  @Test
  void whoNeedsAConnectionWaitsForOneAndIsThenTold() {
    try (RawClient three = heatsink.client()) {
      one.send("BLPOP", "a", "0");
      two.send("BLPOP", "b", "0");
      three.send("EVAL", "return 3", "0");
      assertThat(three.readText())
          .isEqualTo("-ERR Heatsink: all 2 pinned connections are in use (backend.max-pinned)\r\n");
      three.sendRaw(
          RawClient.join(
              List.of(
                  RawClient.encode("RPUSH", "a", "1"), RawClient.encode("EVAL", "return 3", "0"))));
      assertThat(three.readText()).isEqualTo(":1\r\n");
      assertThat(three.readText()).isEqualTo(":3\r\n");
      assertThat(one.readText()).contains("\r\na\r\n");
      assertThat(heatsink.metric("heatsink_backend_connections")).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void aReplicaGetsItsStream() {
    two.call("CONFIG", "SET", "repl-diskless-sync-delay", "0");
    assertThat(one.call("REPLCONF", "listening-port", "1")).isEqualTo(OK);
    one.sendRaw(RawClient.encode("SYNC"));
    Awaitility.await().until(() -> two.call("CLIENT", "LIST").contains("flags=S"));
    Awaitility.await().until(() -> two.call("INFO", "replication").contains("state=online"));
    two.call("SET", "streamed", "1");
    two.call("CONFIG", "SET", "shutdown-timeout", "0");
    two.sendRaw(RawClient.encode("SHUTDOWN", "NOSAVE"));
    String stream = one.timeout(Duration.ofSeconds(20)).readUntilClosed();
    assertThat(stream).contains("REDIS0").contains("$8\r\nstreamed\r\n");
    assertThat(two.readUntilClosed()).isEmpty();
  }

  @Test
  void aHugeValuePassesThroughLittleMemory() {
    int piece = 1024 * 1024;
    int pieces = 300;
    byte[] bytes = new byte[piece];
    one.timeout(Duration.ofSeconds(60));
    one.sendRaw(
        head("*4\r\n$8\r\nSETRANGE\r\n$3\r\nbig\r\n$1\r\n0\r\n$" + pieces * piece + "\r\n"));
    long most = 0;
    for (int i = 0; i < pieces; i++) {
      one.sendRaw(bytes);
      most = Math.max(most, PlatformDependent.usedDirectMemory());
    }
    one.sendRaw(head("\r\n"));
    assertThat(one.readText()).isEqualTo(":" + pieces * piece + "\r\n");
    assertThat(most).isLessThan(64L * 1024 * 1024);
    assertThat(two.call("STRLEN", "big")).isEqualTo(":" + pieces * piece + "\r\n");
    assertThat(one.call("DEL", "big")).isEqualTo(":1\r\n");
  }

  @Test
  void whoIsSlowOnAConnectionOfItsOwnIsWaitedFor() {
    int asked = 300;
    two.call("SET", "big", "x".repeat(60_000));
    try (RawClient slow = RawClient.connectNarrow(heatsink.address(), 16 * 1024)) {
      slow.call("WATCH", "big");
      slow.sendRaw(RawClient.join(Collections.nCopies(asked, RawClient.encode("GET", "big"))));
      for (int i = 0; i < 200; i++) {
        assertThat(two.call("STRLEN", "big")).isEqualTo(":60000\r\n");
      }
      for (int i = 0; i < asked; i++) {
        assertThat(slow.readReply()).hasSize("$60000\r\n\r\n".length() + 60_000);
      }
    }
  }

  @Test
  void aLargeRequestThatBreaksOffHarmsNobody() {
    two.call("SET", "k", "old");
    one.sendRaw(head("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2000000\r\n" + "x".repeat(500_000)));
    assertThat(two.call("GET", "k")).isEqualTo("$3\r\nold\r\n");
    one.close();
    for (int i = 0; i < 10; i++) {
      assertThat(two.call("EVAL", "return 1", "0")).isEqualTo(":1\r\n");
      assertThat(two.call("GET", "k")).isEqualTo("$3\r\nold\r\n");
    }
  }

  @Test
  void aLargeRequestInATransactionIsQueued() {
    heatsink.absorb(two, "k");
    one.call("MULTI");
    one.sendRaw(head("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$200000\r\n" + "x".repeat(200_000) + "\r\n"));
    assertThat(one.readText()).isEqualTo("+QUEUED\r\n");
    assertThat(one.call("EXEC")).isEqualTo("*1\r\n+OK\r\n");
    assertThat(two.call("GET", "k")).hasSize(200_000 + "$200000\r\n\r\n".length());
  }

  private static byte[] head(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
