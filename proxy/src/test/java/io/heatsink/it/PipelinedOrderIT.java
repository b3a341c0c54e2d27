package io.heatsink.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What changes a connection takes effect in the order of its pipeline: each of these conversations,
 * sent at once and ended by the server, is answered with the bytes that Redis answers.
 */
class PipelinedOrderIT {

  private static final String ID = "[$]2\r\nid\r\n:\\d+";

  private static HeatsinkFixture heatsink;

  @BeforeAll
  static void start() {
    heatsink = HeatsinkFixture.start(RedisServer.start(), settings -> {});
    try (RawClient admin = heatsink.redis().client()) {
      for (String user : List.of("ann", "bob")) {
        admin.call("ACL", "SETUSER", user, "on", ">pw", "~*", "&a*", "+@all");
      }
      admin.call("ACL", "SETUSER", "poor", "on", ">pw", "~*", "&a*", "+@all", "-multi");
      admin.call("ACL", "SETUSER", "mean", "on", ">pw", "~*", "&a*", "+@all", "-exec");
      admin.call("RPUSH", "list", "message", "a", "text");
      admin.call("HSET", "hash", "f", "v");
    }
  }

  @AfterAll
  static void stop() {
    heatsink.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SUBSCRIBE a b c | RESET | PING | QUIT",
        "SUBSCRIBE a b c | *x",
        "SUBSCRIBE a b a | PSUBSCRIBE p* q* | SSUBSCRIBE s t | QUIT",
        "SUBSCRIBE a b | PSUBSCRIBE p* | UNSUBSCRIBE | PUNSUBSCRIBE | SUNSUBSCRIBE | QUIT",
        "SUBSCRIBE a b | UNSUBSCRIBE b | UNSUBSCRIBE | UNSUBSCRIBE | RESET | QUIT",
        "UNSUBSCRIBE | PUNSUBSCRIBE x y | SUNSUBSCRIBE | RESET | QUIT",
        "SSUBSCRIBE a b | SUBSCRIBE c | SUNSUBSCRIBE | PING | *x",
        "SUBSCRIBE | PSUBSCRIBE | SUBSCRIBE a | QUIT",
        "SUBSCRIBE a | UNSUBSCRIBE | LRANGE list 0 -1 | GET none | QUIT",
        "SUBSCRIBE a b | MULTI | PSUBSCRIBE p* | CLIENT HELP | RESET | QUIT",
        "MULTI | SUBSCRIBE a | EXEC | PING | UNSUBSCRIBE a | RESET | QUIT",
        "MULTI | SUBSCRIBE a | DISCARD | SUBSCRIBE a | RESET | QUIT",
        "MULTI | SUBSCRIBE a | PSUBSCRIBE p* | GET none | EXEC | SUBSCRIBE b | UNSUBSCRIBE | RESET"
            + " | QUIT",
        "MULTI | SUBSCRIBE a | UNSUBSCRIBE a | SSUBSCRIBE s | EXEC | SUNSUBSCRIBE | CLIENT GETNAME"
            + " | RESET | QUIT",
        "AUTH ann pw | MULTI | SUBSCRIBE a1 | SELECT 1 | EXEC | UNSUBSCRIBE | CLIENT GETNAME"
            + " | QUIT",
        "SUBSCRIBE a | CLIENT GETNAME | UNSUBSCRIBE | CLIENT GETNAME | QUIT",
        "AUTH ann pw | SUBSCRIBE a1 b | CLIENT GETNAME | PSUBSCRIBE a* | PING | QUIT",
        "AUTH ann pw | SUBSCRIBE a1 | SUBSCRIBE b c | CLIENT GETNAME | UNSUBSCRIBE | PING | QUIT",
        "CLIENT SETNAME me | SUBSCRIBE a | PING x | RESET | CLIENT GETNAME | QUIT"
      })
  void confirmationsAreOwed(String conversation) {
    same("HELLO 2 | " + conversation);
    same("HELLO 3 | " + conversation);
  }

  @Test
  void confirmationsOfManyAndLongChannels() {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      names.append(' ').append(i).append("-:1-".repeat(i));
    }
    same("SUBSCRIBE" + names + " | UNSUBSCRIBE | PSUBSCRIBE" + names + " | PING | QUIT");
    same("HELLO 3 | SUBSCRIBE" + names + " | UNSUBSCRIBE" + names + " | GET none | QUIT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HELLO 3 AUTH ann wrong BAD",
        "HELLO 3 AUTH ann pw BAD | HELLO 3 SETNAME you",
        "HELLO 3 AUTH ann",
        "HELLO 3 SETNAME",
        "HELLO 3 bad\\'option SETNAME x",
        "HELLO 3 SETNAME one SETNAME two",
        "HELLO 3 SETNAME one SETNAME tw\u00e9",
        "HELLO 3 SETNAME one AUTH ann wrong",
        "HELLO 3 AUTH ann wrong SETNAME one",
        "HELLO 3 AUTH ann pw SETNAME tw\u00e9",
        "HELLO 3 AUTH ann pw SETNAME one AUTH bob wrong SETNAME two",
        "HELLO 3 AUTH ann pw AUTH bob pw SETNAME two BAD",
        "HELLO 3 SETNAME one AUTH ann pw AUTH bob pw SETNAME two",
        "HELLO 4 AUTH ann pw",
        "HELLO x SETNAME one",
        "HELLO"
      })
  void helloTakesItsOptionsInTurn(String hello) {
    String after = " | ACL WHOAMI | CLIENT GETNAME | GET none | HGETALL hash | QUIT";
    same(hello + after);
    same("CLIENT SETNAME me | GET none | " + hello + after);
    same("WATCH k | " + hello + after);
    same("CLIENT SETNAME me | MULTI | GET none | " + hello + " | EXEC" + after);
    same("MULTI | " + hello + " | DISCARD" + after);
    same("MULTI | " + hello + " | WRONG | EXEC" + after);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MULTI | RESET x | SET k 1 | EXEC | GET k | QUIT",
        "MULTI | MULTI | WATCH k | HGETALL hash | HELLO 3 | HGETALL hash | EXEC | GET none | QUIT",
        "WATCH k | CLIENT SETNAME one | HELLO 3 SETNAME two | CLIENT SETNAME one | CLIENT GETNAME"
            + " | UNWATCH | CLIENT GETNAME | QUIT",
        "WATCH k | CLIENT SETNAME one | CLIENT GETNAME | UNWATCH | RESET | CLIENT GETNAME | QUIT",
        "CLIENT SETNAME one | CLIENT GETNAME | CLIENT SETNAME two | CLIENT GETNAME | QUIT"
      })
  void transactionsAndNames(String conversation) {
    same(conversation);
    same("HELLO 3 | " + conversation);
  }

  /** What Redis pushes after a command comes before the reply to the next, also to the last one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "CLIENT TRACKING ON | GET k | SET k 1 | QUIT",
        "CLIENT TRACKING ON | GET k | SET k 1 | RESET | GET none | QUIT",
        "SUBSCRIBE a | PUBLISH a x | RESET | GET none | QUIT",
        "SUBSCRIBE a | PUBLISH a x | PUBLISH a y | QUIT"
      })
  void pushesComeBeforeTheLastReply(String conversation) {
    same("SET k 0 | HELLO 3 | " + conversation);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AUTH poor pw | MULTI | CLIENT GETNAME | SELECT 3 | SET k 1 | GET k | EXEC | PING | QUIT",
        "AUTH poor pw | MULTI | HELLO 3 | HGETALL hash | DISCARD | GET none | QUIT",
        "AUTH poor pw | MULTI | AUTH ann pw | MULTI | HELLO 3 | EXEC | HGETALL hash | QUIT",
        "AUTH poor pw | WATCH k | MULTI | SET k 2 | EXEC | UNWATCH | GET k | QUIT",
        "AUTH mean pw | MULTI | GET none | EXEC | GET none | AUTH ann pw | DISCARD | GET none"
            + " | QUIT",
        "SUBSCRIBE a | MULTI | PING | UNSUBSCRIBE a | CLIENT GETNAME | GET none | QUIT",
        "MULTI | MULTI | MULTI | GET none | EXEC | EXEC | GET none | QUIT"
      })
  void aRefusedMultiOpensNothing(String conversation) {
    same(conversation);
    same("HELLO 3 | " + conversation);
  }

  @Test
  void afterARefusedMultiTheClientIsItselfAgain() {
    try (RawClient client = heatsink.client()) {
      String id = client.call("CLIENT", "ID");
      client.call("AUTH", "poor", "pw");
      assertThat(client.call("MULTI")).startsWith("-NOPERM");
      assertThat(client.call("CLIENT", "ID")).isEqualTo(id);
      assertThat(client.call("CLIENT", "INFO")).contains(" multi=-1 ");
    }
  }

  @Test
  void aTransactionTellsOfTheClientItself() {
    try (RawClient client = heatsink.client()) {
      String id = client.call("CLIENT", "ID");
      client.pipeline(
          List.of(
              RawClient.encode("MULTI"),
              RawClient.encode("GET", "none"),
              RawClient.encode("CLIENT", "ID"),
              RawClient.encode("CLIENT", "SETNAME", "me"),
              RawClient.encode("CLIENT", "INFO")));
      assertThat(client.call("EXEC"))
          .startsWith("*4\r\n$-1\r\n" + id + "+OK\r\n$")
          .contains("\r\nid=" + id.substring(1).strip() + " ", " name=me ");
      assertThat(client.call("CLIENT", "ID")).isEqualTo(id);
    }
  }

  @Test
  void subscriptionsThatExecMakesAreCounted() {
    try (RawClient client = heatsink.client();
        RawClient other = heatsink.client()) {
      String id = client.call("CLIENT", "ID");
      String number = id.substring(1).strip();
      client.call("MULTI");
      client.call("SUBSCRIBE", "a");
      client.call("PSUBSCRIBE", "p*");
      assertThat(client.call("EXEC")).startsWith("*2\r\n*3\r\n");
      assertThat(other.call("CLIENT", "LIST", "ID", number)).contains(" sub=1 psub=1 ");
      client.call("UNSUBSCRIBE", "a");
      client.call("PUNSUBSCRIBE", "p*");
      assertThat(client.call("CLIENT", "ID")).isEqualTo(id);
    }
  }

  /** One that is passed on as it comes; what came before it is answered all the same. */
  @ParameterizedTest
  @ValueSource(strings = {":3\r\n", "$-1\r\n", "$x\r\n", "\r\n"})
  void aLargeRequestThatIsNone(String fault) {
    String large = "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$3000000\r\n" + "x".repeat(3_000_000) + "\r\n";
    byte[] broken = (large + fault).getBytes(ISO_8859_1);
    for (String before :
        List.of(
            "GET none",
            "MULTI | SET k 1 | GET k",
            "WATCH k | LRANGE list 0 -1 | GET none",
            "SUBSCRIBE a b c | UNSUBSCRIBE",
            "MULTI | GET none | EXEC | BLPOP none 0.05")) {
      assertThat(held(heatsink.client(), before, broken))
          .as(before)
          .isEqualTo(held(heatsink.redis().client(), before, broken));
    }
  }

  private static void same(String conversation) {
    assertThat(held(heatsink.client(), conversation))
        .as(conversation)
        .isEqualTo(held(heatsink.redis().client(), conversation));
  }

  private static String held(RawClient client, String conversation, byte... end) {
    List<byte[]> requests = new ArrayList<>();
    for (String command : conversation.split(" [|] ", -1)) {
      String line = command.equals("*x") ? "*x\r\n" : "";
      requests.add(line.isEmpty() ? encode(command) : line.getBytes(ISO_8859_1));
    }
    requests.add(end);
    try (client) {
      client.sendRaw(RawClient.join(requests));
      return client.readUntilClosed().replaceAll(ID, "id");
    }
  }

  private static byte[] encode(String command) {
    return RawClient.encode(
        List.of(command.split(" ", -1)).stream()
            .map(word -> word.getBytes(ISO_8859_1))
            .toArray(byte[][]::new));
  }
}
