package io.heatsink.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.config.Access;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users that Heatsink alone knows: the errors are Redis', and nothing comes before AUTH. */
class UsersFileIT {

  private static final String PASSWORD = "the backend's own";
  private static final String OK = "+OK\r\n";

  @TempDir private Path folder = Path.of("");
  private Path users;
  private HeatsinkFixture heatsink;
  private RedisServer like;

  @BeforeEach
  void start() throws IOException {
    users = folder.resolve("users.acl");
    Files.writeString(
        users,
        """
        # who may connect
        user default on >main
        user alice on >wonder >land ~* +@all
        user bob on #d74ff0ee8da3b9806b18c877dbf29bbde50b5bd8e4dad7a3a725000feb82e8f1
        user off off >pw
        """);
    Access access =
        new Access(
            null, null, users, true, Access.DEFAULT.backend(), null, null, Access.DEFAULT.admin());
    heatsink =
        HeatsinkFixture.start(
            RedisServer.start("--requirepass", PASSWORD),
            settings -> settings.password(PASSWORD).access(access));
    like = RedisServer.start("--requirepass", "main");
    like.call("ACL SETUSER alice on >wonder >land ~* &* +@all".split(" ", -1));
    like.call("ACL SETUSER bob on >pass ~* &* +@all".split(" ", -1));
    like.call("ACL SETUSER off off >pw ~* &* +@all".split(" ", -1));
  }

  @AfterEach
  void stop() {
    heatsink.close();
    like.close();
  }

  /** Says the same to a Redis that has the same users, and wants the same answer. */
  private void sameAsRedis(String... commands) {
    try (RawClient proxied = heatsink.client();
        RawClient direct = RawClient.connect(like.port())) {
      for (String command : commands) {
        String[] words = command.split(" ", -1);
        String expected = direct.call(words);
        if (expected.startsWith("*14") || expected.startsWith("%7")) {
          assertThat(proxied.call(words)).as(command).startsWith(expected.substring(0, 3));
        } else {
          assertThat(proxied.call(words)).as(command).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void strangersGetNothing() {
    sameAsRedis("GET a", "MGET a b", "SET a 1", "INCR a", "PING", "ECHO a", "SELECT 1", "MULTI");
    sameAsRedis("HELLO", "HELLO 3", "HELLO 4", "HELLO x", "HELLO 3 SETNAME me", "CLIENT GETNAME");
    sameAsRedis("SUBSCRIBE news", "BLPOP list 1", "WATCH a", "EXEC", "INFO", "RESET", "GET a");
    try (RawClient client = heatsink.client()) {
      assertThat(client.call("HEATSINK", "STATS")).startsWith("-NOAUTH ");
      assertThat(client.send("QUIT").readUntilClosed()).isEqualTo(OK);
    }
  }

  @Test
  void loginsAreJudgedAsByRedis() {
    sameAsRedis("AUTH", "AUTH a b c", "AUTH wrong", "GET a", "AUTH main", "GET a", "AUTH wrong");
    sameAsRedis("AUTH nobody pw", "AUTH off pw", "AUTH alice wrong", "AUTH alice land", "GET a");
    sameAsRedis("AUTH bob pass", "SET a 1", "AUTH alice wrong", "GET a", "RESET", "GET a");
    sameAsRedis("HELLO 3 AUTH alice wrong", "GET a", "HELLO 3 AUTH alice wonder", "GET nothing");
    sameAsRedis("HELLO 2 AUTH default main SETNAME me", "CLIENT GETNAME", "HELLO 3", "GET none");
    sameAsRedis("AUTH main", "MULTI", "SET a 1", "EXEC", "SUBSCRIBE x");
  }

  @Test
  void theBackendsPasswordIsNobodysButHeatsinks() {
    try (RawClient client = heatsink.client()) {
      assertThat(client.call("AUTH", PASSWORD)).startsWith("-WRONGPASS ");
      assertThat(client.call("AUTH", "alice", "wonder")).isEqualTo(OK);
      assertThat(client.call("CLIENT", "INFO")).contains("user=alice");
      assertThat(client.call("MULTI")).isEqualTo(OK);
      assertThat(client.call("AUTH", "bob", "pass")).startsWith("-ERR Heatsink: no login");
      assertThat(client.call("EXEC")).startsWith("-EXECABORT ");
    }
  }

  @Test
  void allSeeOneCache() {
    try (RawClient alice = heatsink.client();
        RawClient bob = heatsink.client()) {
      assertThat(alice.call("AUTH", "alice", "wonder")).isEqualTo(OK);
      assertThat(bob.call("AUTH", "bob", "pass")).isEqualTo(OK);
      alice.call("SET", "hot", "1");
      heatsink.absorb(alice, "hot");
      assertThat(heatsink.isAbsorbed(bob, "hot".getBytes(US_ASCII))).isTrue();
    }
  }

  @Test
  void aSubscriberMayLogInAnew() {
    try (RawClient client = heatsink.client()) {
      assertThat(client.call("HELLO", "3", "AUTH", "alice", "wonder")).startsWith("%7");
      client.call("SUBSCRIBE", "news");
      assertThat(client.call("AUTH", "bob", "wrong")).startsWith("-WRONGPASS ");
      assertThat(client.call("AUTH", "bob", "pass")).isEqualTo(OK);
      assertThat(client.call("HELLO", "3", "AUTH", "alice", "wonder")).startsWith("%7");
      assertThat(client.call("CLIENT", "INFO")).contains("user=alice");
    }
  }

  @Test
  void whoIsTakenOutIsClosedAndWhoIsAddedMayConnect() throws IOException {
    try (RawClient alice = heatsink.client();
        RawClient main = heatsink.client()) {
      assertThat(alice.call("AUTH", "alice", "wonder")).isEqualTo(OK);
      assertThat(main.call("AUTH", "main")).isEqualTo(OK);
      Files.writeString(users, "user default on >other\nuser carol on >pw\n");
      assertThat(alice.readUntilClosed()).isEmpty();
      assertThat(main.call("PING")).isEqualTo("+PONG\r\n");
      try (RawClient carol = heatsink.client()) {
        assertThat(carol.call("AUTH", "carol", "pw")).isEqualTo(OK);
      }
      Files.writeString(users, "user carol on >pw ~secret:*\n");
      Awaitility.await()
          .during(java.time.Duration.ofSeconds(3))
          .atMost(java.time.Duration.ofSeconds(6))
          .until(() -> main.call("PING").equals("+PONG\r\n"));
    }
  }

  @Test
  void strangersMaySendOnlyLittle() {
    for (String start : List.of("*11\r\n", "*2\r\n$16385\r\n")) {
      try (RawClient proxied = heatsink.client();
          RawClient direct = RawClient.connect(like.port())) {
        byte[] bytes = start.getBytes(US_ASCII);
        String expected = direct.sendRaw(bytes).readUntilClosed();
        assertThat(expected).contains("unauthenticated");
        assertThat(proxied.sendRaw(bytes).readUntilClosed()).isEqualTo(expected);
      }
    }
  }
}
