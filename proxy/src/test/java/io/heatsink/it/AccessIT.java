package io.heatsink.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A key in memory is open to nobody whom Redis would refuse it: not before AUTH, not by ACL. */
class AccessIT {

  private static final String PASSWORD = "open sesame";
  private static final String SECRET = "$6\r\nsecret\r\n";
  private static final String OK = "+OK\r\n";

  private static HeatsinkFixture heatsink;

  @BeforeAll
  static void start() {
    RedisServer redis = RedisServer.start("--requirepass", PASSWORD);
    heatsink = HeatsinkFixture.start(redis, settings -> {});
    try (RawClient admin = redis.client()) {
      for (String rules :
          List.of(
              "reader on >pw ~* &* +@all",
              "elsewhere on >pw ~other:* &* +@all",
              "writer on >pw ~* &* +@all -get",
              "off off >pw ~* &* +@all")) {
        assertThat(admin.call(("ACL SETUSER " + rules).split(" ", -1))).isEqualTo(OK);
      }
    }
  }

  @AfterAll
  static void stop() {
    heatsink.close();
  }

  /** A key that is answered from memory for who may read it. */
  @BeforeEach
  void makeHot() {
    try (RawClient client = heatsink.client()) {
      assertThat(client.call("AUTH", PASSWORD)).isEqualTo(OK);
      assertThat(client.call("SET", "hot", "secret")).isEqualTo(OK);
      heatsink.absorb(client, "hot");
    }
  }

  /** Says the same on both sides and wants the same answer. */
  private static void sameAsRedis(String... commands) {
    try (RawClient proxied = heatsink.client();
        RawClient direct = RawClient.connect(heatsink.redis().port())) {
      for (String command : commands) {
        String[] words = command.split(" ", -1);
        assertThat(proxied.call(words)).as(command).isEqualTo(direct.call(words));
      }
    }
  }

  @Test
  void beforeAuthNobodyGetsAnything() {
    try (RawClient client = heatsink.client()) {
      assertThat(client.call("GET", "hot")).isEqualTo("-NOAUTH Authentication required.\r\n");
      assertThat(client.call("AUTH", PASSWORD)).isEqualTo(OK);
      assertThat(client.call("GET", "hot")).isEqualTo(SECRET);
    }
    sameAsRedis("GET hot", "MGET hot hot", "SET hot stolen", "INCR hot", "PING", "ECHO a");
    sameAsRedis("NOSUCH a", "SELECT 1", "MULTI", "HELLO", "HELLO 3", "CLIENT GETNAME", "GET");
    sameAsRedis("SUBSCRIBE news", "BLPOP list 1", "WATCH hot", "EXEC", "RESET", "GET hot");
  }

  @Test
  void aWrongPasswordOpensNothing() {
    String[] commands = {
      "AUTH wrong",
      "GET hot",
      "AUTH nobody pw",
      "GET hot",
      "AUTH off pw",
      "GET hot",
      "HELLO 3 AUTH reader wrong",
      "GET hot",
      "AUTH",
      "AUTH a b c",
    };
    sameAsRedis(commands);
    try (RawClient client = heatsink.client()) {
      assertThat(client.call("AUTH", "wrong")).startsWith("-WRONGPASS ");
      assertThat(client.call("GET", "hot")).startsWith("-NOAUTH ");
    }
  }

  @Test
  void afterAFailedAuthOneStaysWhoOneWas() {
    sameAsRedis("AUTH reader pw", "GET hot", "AUTH elsewhere wrong", "GET hot", "ACL WHOAMI");
    sameAsRedis("AUTH elsewhere pw", "GET hot", "AUTH reader wrong", "GET hot", "ACL WHOAMI");
    sameAsRedis(
        "AUTH " + PASSWORD, "SELECT 3", "AUTH reader wrong", "AUTH nobody pw", "ACL WHOAMI");
  }

  @Test
  void anAclThatRefusesTheKeyHolds() {
    try (RawClient client = heatsink.client()) {
      assertThat(client.call("AUTH", "elsewhere", "pw")).isEqualTo(OK);
      for (int i = 0; i < 50; i++) {
        assertThat(client.call("GET", "hot")).startsWith("-NOPERM ");
      }
    }
    sameAsRedis("AUTH elsewhere pw", "GET hot", "MGET other:a hot", "SET hot a", "GET other:a");
  }

  /** A right that is taken away by way of the proxy is gone from the next read on. */
  @Test
  void aRightTakenAwayIsGone() {
    try (RawClient admin = heatsink.client();
        RawClient client = heatsink.client()) {
      assertThat(admin.call("AUTH", PASSWORD)).isEqualTo(OK);
      admin.call("ACL SETUSER fleeting on >pw ~* &* +@all".split(" ", -1));
      assertThat(client.call("AUTH", "fleeting", "pw")).isEqualTo(OK);
      heatsink.absorb(client, "hot");
      assertThat(admin.call("ACL", "SETUSER", "fleeting", "resetkeys")).isEqualTo(OK);
      assertThat(client.call("GET", "hot")).startsWith("-NOPERM ");
    }
  }

  @Test
  void anAclThatRefusesTheCommandHolds() {
    try (RawClient client = heatsink.client()) {
      assertThat(client.call("AUTH", "writer", "pw")).isEqualTo(OK);
      for (int i = 0; i < 50; i++) {
        assertThat(client.call("GET", "hot")).startsWith("-NOPERM ");
      }
    }
    sameAsRedis("AUTH writer pw", "GET hot", "STRLEN hot", "ACL WHOAMI");
  }

  @Test
  void helloCanAuthenticateAndResetForgetsIt() {
    try (RawClient client = heatsink.client()) {
      assertThat(client.call("HELLO", "3", "AUTH", "reader", "pw")).startsWith("%7\r\n");
      assertThat(client.call("GET", "hot")).isEqualTo(SECRET);
      assertThat(client.call("RESET")).isEqualTo("+RESET\r\n");
      assertThat(client.call("GET", "hot")).startsWith("-NOAUTH ");
    }
  }

  @Test
  void whoIsChangedInMidConnectionLosesWhatHeHad() {
    try (RawClient client = heatsink.client()) {
      assertThat(client.call("AUTH", "reader", "pw")).isEqualTo(OK);
      heatsink.absorb(client, "hot");
      assertThat(client.call("AUTH", "elsewhere", "pw")).isEqualTo(OK);
      assertThat(client.call("GET", "hot")).startsWith("-NOPERM ");
      assertThat(client.call("AUTH", "reader", "pw")).isEqualTo(OK);
      assertThat(client.call("GET", "hot")).isEqualTo(SECRET);
    }
  }

  @Test
  void inOnePipelineAuthTakesEffectAtOnce() {
    List<byte[]> pipeline =
        List.of(
            RawClient.encode("GET", "hot"),
            RawClient.encode("AUTH", "reader", "pw"),
            RawClient.encode("GET", "hot"),
            RawClient.encode("AUTH", "elsewhere", "pw"),
            RawClient.encode("GET", "hot"));
    try (RawClient client = heatsink.client()) {
      List<String> replies = client.pipeline(pipeline).stream().map(RawClient::printable).toList();
      assertThat(replies.get(0)).startsWith("-NOAUTH ");
      assertThat(replies.get(1)).isEqualTo("+OK\\r\\n");
      assertThat(replies.get(2)).isEqualTo("$6\\r\\nsecret\\r\\n");
      assertThat(replies.get(3)).isEqualTo("+OK\\r\\n");
      assertThat(replies.get(4)).startsWith("-NOPERM ");
    }
  }

  @Test
  void withCredentialsOfItsOwnItLetsClientsActAsThatUser() {
    RedisServer redis = RedisServer.start("--requirepass", PASSWORD);
    try (HeatsinkFixture trusting =
            HeatsinkFixture.start(redis, settings -> settings.password(PASSWORD));
        RawClient client = trusting.client()) {
      assertThat(client.call("SET", "hot", "secret")).isEqualTo(OK);
      trusting.absorb(client, "hot");
      assertThat(client.call("GET", "hot")).isEqualTo(SECRET);
      assertThat(client.call("AUTH", "wrong")).startsWith("-WRONGPASS ");
      assertThat(client.call("AUTH", PASSWORD)).isEqualTo(OK);
    }
  }

  @Test
  void strangersMaySendOnlyLittle() {
    for (String start : List.of("*11\r\n", "*2\r\n$16385\r\n")) {
      try (RawClient proxied = heatsink.client();
          RawClient direct = RawClient.connect(heatsink.redis().port())) {
        byte[] bytes = start.getBytes(US_ASCII);
        String expected = direct.sendRaw(bytes).readUntilClosed();
        assertThat(expected).contains("unauthenticated");
        assertThat(proxied.sendRaw(bytes).readUntilClosed()).isEqualTo(expected);
      }
    }
  }

  /** Databases stand for users here: each has a connection of its own, too. */
  @Test
  void whoAreTooManyAreToldAndTheOthersServed() {
    List<RawClient> clients = new ArrayList<>();
    try (HeatsinkFixture many =
        HeatsinkFixture.start(
            RedisServer.start("--databases", "1100"), settings -> settings.lanes(1))) {
      String last = "+OK\r\n";
      for (int i = 0; i < 1_100 && last.equals("+OK\r\n"); i++) {
        RawClient client = many.client();
        clients.add(client);
        last = client.call("SELECT", Integer.toString(i));
      }
      assertThat(last).startsWith("-ERR Heatsink: too many");
      assertThat(clients).hasSize(1_025);
      assertThat(clients.get(1_023).call("SET", "a", "1")).isEqualTo(OK);
      assertThat(clients.get(1_024).call("GET", "a")).isEqualTo("$-1\r\n");
      clients.get(5).close();
    } finally {
      clients.forEach(RawClient::close);
    }
  }
}
