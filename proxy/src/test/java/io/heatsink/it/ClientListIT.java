package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CLIENT tells of the clients of Heatsink, and acts on them, on whichever lane they are. */
class ClientListIT {

  private static final String FIELDS =
      "id=%s addr=127.0.0.1:%d laddr=127.0.0.1:%d fd=\\d+ name=%s age=\\d+ idle=\\d+ flags=%s db=%d"
          + " sub=%d psub=%d ssub=0 multi=%d qbuf=\\d+ qbuf-free=\\d+ argv-mem=\\d+ multi-mem=0"
          + " rbs=\\d+ rbp=\\d+ obl=0 oll=0 omem=0 tot-mem=\\d+ events=r cmd=%s user=default"
          + " redir=-1 resp=2( lib-name=\\S* lib-ver=\\S*)?";

  private HeatsinkFixture heatsink;
  private RawClient me;
  private RawClient other;

  @BeforeEach
  void start() {
    heatsink = HeatsinkFixture.start(RedisServer.start(), settings -> settings.lanes(2));
    me = heatsink.client();
    other = heatsink.client();
  }

  @AfterEach
  void stop() {
    me.close();
    other.close();
    heatsink.close();
  }

  private static String id(RawClient client) {
    return client.call("CLIENT", "ID").replaceAll("[^0-9]", "");
  }

  private List<String> list(String... options) {
    String[] words = new String[2 + options.length];
    words[0] = "CLIENT";
    words[1] = "LIST";
    System.arraycopy(options, 0, words, 2, options.length);
    String reply = me.call(words);
    assertThat(reply).startsWith("$");
    return Arrays.stream(reply.split("\n", -1)).filter(line -> line.startsWith("id=")).toList();
  }

  private String line(RawClient of, String... options) {
    String addr = " addr=127.0.0.1:" + of.localPort() + " ";
    return list(options).stream().filter(line -> line.contains(addr)).findFirst().orElse("none");
  }

  private String expected(RawClient of, String name, String flags, int db, int multi, String cmd) {
    return FIELDS.formatted(
        "\\d+", of.localPort(), heatsink.port(), name, flags, db, 0, 0, multi, cmd);
  }

  @Test
  void eachClientHasItsLine() {
    assertThat(list()).hasSize(2);
    other.call("CLIENT", "SETNAME", "joe");
    other.call("SELECT", "3");
    other.call("OBJECT", "FREQ", "k");
    assertThat(line(other)).matches(expected(other, "joe", "N", 3, -1, "object\\|freq"));
    assertThat(line(me)).matches(expected(me, "", "N", 0, -1, "client\\|list"));
    other.call("MULTI");
    other.call("SET", "a", "1");
    assertThat(line(other)).matches(expected(other, "joe", "x", 3, 1, "set"));
    other.call("RESET");
    assertThat(line(other)).matches(expected(other, "", "N", 0, -1, "reset"));
    assertThat(list("ID", id(me))).hasSize(1);
    assertThat(list("TYPE", "pubsub")).isEmpty();
    String info = me.call("CLIENT", "INFO");
    assertThat(info).contains("id=" + id(me) + " ").contains("cmd=client|info");
    me.call("HELLO", "3");
    assertThat(me.call("CLIENT", "INFO"))
        .startsWith("=")
        .contains("\r\ntxt:id=")
        .contains("resp=3");
  }

  @Test
  void whatItWaitsForShows() {
    other.call("SUBSCRIBE", "a");
    assertThat(line(other, "TYPE", "pubsub")).contains("flags=P").contains(" sub=1 psub=0 ");
    other.call("PSUBSCRIBE", "b*");
    assertThat(line(other)).contains(" sub=1 psub=1 ");
    other.call("UNSUBSCRIBE", "a");
    other.call("PUNSUBSCRIBE", "b*");
    assertThat(line(other)).contains("flags=N").contains(" sub=0 psub=0 ");
    try (RawClient blocked = heatsink.client();
        RawClient tracking = heatsink.client3()) {
      blocked.send("BLPOP", "queue", "0");
      Awaitility.await().until(() -> line(blocked).contains("flags=b db=0"));
      assertThat(line(blocked)).contains("cmd=blpop");
      tracking.call("CLIENT", "TRACKING", "ON", "BCAST");
      assertThat(line(tracking)).contains("flags=tB").contains("redir=0 resp=3");
    }
  }

  @Test
  void theBackendJudgesWhoMayAskAndHow() {
    for (String[] wrong :
        List.of(
            new String[] {"CLIENT", "LIST", "TYPE", "x"},
            new String[] {"CLIENT", "LIST", "ID", "x"},
            new String[] {"CLIENT", "KILL", "ID", "x"},
            new String[] {"CLIENT", "KILL", "TYPE", "x"},
            new String[] {"CLIENT", "KILL", "USER", "x"},
            new String[] {"CLIENT", "KILL", "SKIPME", "x"},
            new String[] {"CLIENT", "KILL", "1.2.3.4:5"},
            new String[] {"CLIENT", "KILL"},
            new String[] {"CLIENT", "UNBLOCK", "x"},
            new String[] {"CLIENT", "UNBLOCK", "1", "x"},
            new String[] {"CLIENT", "PAUSE", "x"},
            new String[] {"CLIENT", "PAUSE", "1", "x"},
            new String[] {"CLIENT", "NO-EVICT", "x"},
            new String[] {"CLIENT", "TRACKING", "ON", "REDIRECT", "99999"},
            new String[] {"CLIENT", "x"})) {
      try (RawClient direct = heatsink.direct()) {
        String redis = direct.call(wrong);
        assertThat(redis).as("%s", List.of(wrong)).startsWith("-");
        assertThat(me.call(wrong)).as("%s", List.of(wrong)).isEqualTo(redis);
      }
    }
    heatsink.redis().call("ACL", "SETUSER", "joe", "on", ">p", "+@all", "-client|list");
    other.call("AUTH", "joe", "p");
    assertThat(other.call("CLIENT", "LIST")).startsWith("-NOPERM");
    assertThat(line(other)).contains("user=joe");
  }

  @Test
  void killsByEachFilter() {
    assertThat(me.call("CLIENT", "KILL", "ID", id(other))).isEqualTo(":1\r\n");
    assertThat(other.readUntilClosed()).isEmpty();
    try (RawClient second = heatsink.client();
        RawClient third = heatsink.client();
        RawClient fourth = heatsink.client()) {
      // Connected is not yet accepted.
      second.call("PING");
      String address = "127.0.0.1:" + second.localPort();
      assertThat(me.call("CLIENT", "KILL", address)).isEqualTo("+OK\r\n");
      assertThat(second.readUntilClosed()).isEmpty();
      third.call("SUBSCRIBE", "news");
      assertThat(me.call("CLIENT", "KILL", "TYPE", "pubsub")).isEqualTo(":1\r\n");
      assertThat(third.readUntilClosed()).isEmpty();
      fourth.call("PING");
      assertThat(me.call("CLIENT", "KILL", "USER", "default", "SKIPME", "no")).isEqualTo(":2\r\n");
      assertThat(fourth.readUntilClosed()).isEmpty();
      assertThat(me.readUntilClosed()).isEmpty();
    }
  }

  @Test
  void unblocksTheClientOfThatNumber() {
    String id = id(other);
    other.send("BLPOP", "queue", "0");
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> me.call("CLIENT", "UNBLOCK", id).equals(":1\r\n"));
    assertThat(other.readText()).isEqualTo("*-1\r\n");
    other.send("BLPOP", "queue", "0");
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> me.call("CLIENT", "UNBLOCK", id, "ERROR").equals(":1\r\n"));
    assertThat(other.readText()).startsWith("-UNBLOCKED");
    assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
    assertThat(me.call("CLIENT", "UNBLOCK", id)).isEqualTo(":0\r\n");
  }

  @Test
  void invalidationsGoWhereTheyAreRedirected() {
    String listener = id(other);
    other.call("SUBSCRIBE", "__redis__:invalidate");
    assertThat(me.call("CLIENT", "TRACKING", "ON", "REDIRECT", listener)).isEqualTo("+OK\r\n");
    assertThat(me.call("CLIENT", "GETREDIR")).isEqualTo(":" + listener + "\r\n");
    assertThat(line(me)).contains("flags=t").contains("redir=" + listener + " ");
    if (heatsink.redis().isAtLeast(6, 2)) {
      assertThat(me.call("CLIENT", "TRACKINGINFO")).contains("redirect\r\n:" + listener + "\r\n");
    }
    me.call("SET", "k", "1");
    me.call("GET", "k");
    try (RawClient writer = heatsink.client()) {
      writer.call("SET", "k", "2");
    }
    assertThat(other.readText()).contains("__redis__:invalidate").contains("\r\nk\r\n");
    assertThat(me.call("CLIENT", "TRACKING", "OFF")).isEqualTo("+OK\r\n");
    assertThat(me.call("CLIENT", "GETREDIR")).isEqualTo(":-1\r\n");
  }

  @Test
  void aRedirectReachesAClientThatHasNoConnectionOfItsOwnYet() {
    try (RawClient hears = heatsink.client3()) {
      String listener = id(hears);
      assertThat(me.call("CLIENT", "TRACKING", "ON", "BCAST", "REDIRECT", listener))
          .isEqualTo("+OK\r\n");
      other.call("SET", "k", "2");
      assertThat(hears.readText()).startsWith(">2\r\n$10\r\ninvalidate\r\n");
    }
  }

  @Test
  void monitorShowsWhatClientsSentAndNotWhatHeatsinkDid() {
    other.call("MONITOR");
    try (RawClient third = heatsink.client()) {
      third.call("SELECT", "2");
      third.call("CLIENT", "SETNAME", "joe");
      third.call("EVAL", "return redis.call('SET','k','v')", "0");
      third.send("BLPOP", "queue", "0.01").readReply();
      third.call("LPUSH", "end", "1");
    }
    StringBuilder lines = new StringBuilder();
    while (!lines.toString().contains("\"LPUSH\"")) {
      lines.append(other.readText());
    }
    String commands =
        lines.toString().replaceAll("\\+[0-9.]+ \\[(\\d+) [^]]*] \"(\\w+).*\r\n", "$1 $2,");
    assertThat(commands)
        .isIn(
            "2 SELECT,2 CLIENT,2 EVAL,2 SET,2 BLPOP,2 LPUSH,",
            "2 SELECT,2 EVAL,2 SET,2 BLPOP,2 LPUSH,");
  }
}
