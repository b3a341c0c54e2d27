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
        "CLIENT TRACKING ON BCAST | GET none | DEL k | SET k 1 | RESET | GET none | QUIT",
        "SUBSCRIBE a | PUBLISH a x | RESET | GET none | QUIT",
        "SUBSCRIBE a | PUBLISH a x | PUBLISH a y | QUIT"
      })
  void pushesComeBeforeTheLastReply(String conversation) {
    same("SET k 0 | HELLO 3 | " + conversation);
  }

  private static void same(String conversation) {
    assertThat(held(heatsink.client(), conversation))
        .as(conversation)
        .isEqualTo(held(heatsink.redis().client(), conversation));
  }

  private static String held(RawClient client, String conversation) {
    List<byte[]> requests = new ArrayList<>();
    for (String command : conversation.split(" [|] ", -1)) {
      String line = command.equals("*x") ? "*x\r\n" : "";
      requests.add(line.isEmpty() ? encode(command) : line.getBytes(ISO_8859_1));
    }
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
