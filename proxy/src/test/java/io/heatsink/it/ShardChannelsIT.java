package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shard channels of all nodes of a cluster on one connection, as on one plain server. */
class ShardChannelsIT {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final int LARGE = 8 * 1024 * 1024;

  private static RedisCluster cluster;
  private static Heatsink heatsink;

  private RawClient subscriber;
  private RawClient client;

  @BeforeAll
  static void start() {
    cluster = RedisCluster.start(3, 0);
    heatsink = Heatsink.start(TestConfig.beforeCluster(cluster.ports()).build());
    try (RawClient first = RawClient.connect(heatsink.address())) {
      await().atMost(SOON).until(() -> first.call("DBSIZE").startsWith(":"));
    }
  }

  @AfterAll
  static void stop() {
    heatsink.close();
    cluster.close();
  }

  @BeforeEach
  void connect() {
    subscriber = RawClient.connect(heatsink.address());
    client = RawClient.connect(heatsink.address());
  }

  @AfterEach
  void allConnectionsAreGivenBack() {
    subscriber.close();
    client.close();
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(AdminClient.metric(heatsink, "heatsink_backend_pinned")).isZero());
  }

  private static List<String> channels(int count) {
    return IntStream.range(0, count).mapToObj(i -> "channel:" + i).toList();
  }

  private static String confirmation(
      int protocol, String kind, @Nullable String channel, int count) {
    String name = channel == null ? "$-1\r\n" : "$" + channel.length() + "\r\n" + channel + "\r\n";
    String named = channel == null && protocol == 3 ? "_\r\n" : name;
    return (protocol == 3 ? ">3" : "*3")
        + "\r\n$%d\r\n%s\r\n".formatted(kind.length(), kind)
        + named
        + ":"
        + count
        + "\r\n";
  }

  private static String message(int protocol, String channel, String text) {
    return (protocol == 3 ? ">3" : "*3")
        + "\r\n$8\r\nsmessage\r\n$%d\r\n%s\r\n".formatted(channel.length(), channel)
        + "$%d\r\n%s\r\n".formatted(text.length(), text);
  }

  private static String word(String reply) {
    return reply.split("\r\n", -1)[4];
  }

  private Set<String> subscribe(List<String> channels) {
    List<String> command = new ArrayList<>(List.of("SSUBSCRIBE"));
    command.addAll(channels);
    subscriber.send(command.toArray(String[]::new));
    Set<String> confirmed = new HashSet<>();
    for (int i = 1; i <= channels.size(); i++) {
      String reply = subscriber.readText();
      assertThat(reply).contains("ssubscribe").endsWith(":" + i + "\r\n");
      confirmed.add(word(reply));
    }
    return confirmed;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void oneConnectionHearsChannelsOfAllNodes(int protocol) {
    subscriber.call("HELLO", Integer.toString(protocol));
    List<String> channels = channels(12);
    assertThat(channels.stream().map(cluster::ownerOf).distinct()).hasSize(3);
    assertThat(subscribe(channels)).containsExactlyInAnyOrderElementsOf(channels);
    for (String channel : channels) {
      assertThat(client.call("SPUBLISH", channel, "hello " + channel)).isEqualTo(":1\r\n");
      assertThat(subscriber.readText()).isEqualTo(message(protocol, channel, "hello " + channel));
    }
    assertThat(client.call("PUBSUB", "SHARDCHANNELS")).startsWith("*12\r\n");
    assertThat(client.call("CLIENT", "LIST")).contains(" ssub=12 ");
    subscriber.send("SSUBSCRIBE", "channel:3");
    assertThat(subscriber.readText())
        .isEqualTo(confirmation(protocol, "ssubscribe", "channel:3", 12));
    subscriber.send("SUNSUBSCRIBE", "channel:3", "channel:4", "never");
    Set<String> left = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      left.add(word(subscriber.readText()));
    }
    assertThat(left).containsExactlyInAnyOrder("channel:3", "channel:4", "never");
    assertThat(client.call("SPUBLISH", "channel:3", "x")).isEqualTo(":0\r\n");
    assertThat(client.call("SPUBLISH", "channel:5", "y")).isEqualTo(":1\r\n");
    assertThat(subscriber.readText()).isEqualTo(message(protocol, "channel:5", "y"));
    subscriber.send("SUNSUBSCRIBE");
    for (int i = 9; i >= 0; i--) {
      assertThat(subscriber.readText()).contains("sunsubscribe").endsWith(":" + i + "\r\n");
    }
    subscriber.send("SUNSUBSCRIBE");
    assertThat(subscriber.readText()).isEqualTo(confirmation(protocol, "sunsubscribe", null, 0));
    assertThat(subscriber.call("SET", "a", "1")).isEqualTo("+OK\r\n");
  }

  /** In the words of a plain server of the same version. */
  @Test
  void inResp2ASubscriberMayDoLittleElse() {
    try (RedisServer plain = RedisServer.start();
        RawClient one = plain.client()) {
      subscriber.call("SSUBSCRIBE", "channel:1");
      one.call("SSUBSCRIBE", "channel:1");
      for (String command : List.of("GET a", "PING", "PING x", "CONFIG GET port", "MULTI")) {
        String[] words = command.split(" ", -1);
        assertThat(subscriber.call(words)).as(command).isEqualTo(one.call(words));
      }
      assertThat(subscriber.call("NONSENSE")).startsWith("-ERR unknown command");
      assertThat(subscriber.call("GET")).startsWith("-ERR wrong number");
      assertThat(subscriber.call("SUBSCRIBE", "plain"))
          .isEqualTo(confirmation(2, "subscribe", "plain", 1));
      assertThat(client.call("PUBLISH", "plain", "x")).isEqualTo(":1\r\n");
      assertThat(subscriber.readText()).contains("message", "plain");
      assertThat(client.call("SPUBLISH", "channel:1", "x")).isEqualTo(":1\r\n");
      assertThat(subscriber.readText()).isEqualTo(message(2, "channel:1", "x"));
      assertThat(subscriber.call("RESET")).isEqualTo("+RESET\r\n");
      assertThat(subscriber.call("GET", "none")).isEqualTo("$-1\r\n");
      assertThat(client.call("SPUBLISH", "channel:1", "x")).isEqualTo(":0\r\n");
    }
  }

  /** Messages of several nodes come while a long reply does, and neither is torn. */
  @Test
  void inResp3MessagesComeBetweenReplies() {
    subscriber.close();
    subscriber = RawClient.connectNarrow(heatsink.address(), 16 * 1024);
    subscriber.call("HELLO", "3");
    List<String> channels = channels(6);
    subscribe(channels);
    client.call("SET", "large", "x".repeat(LARGE));
    for (int round = 0; round < 5; round++) {
      subscriber.send("GET", "large").send("INCR", "n");
      for (String channel : channels) {
        assertThat(client.call("SPUBLISH", channel, "y")).isEqualTo(":1\r\n");
      }
      int messages = 0;
      int replies = 0;
      while (messages < channels.size() || replies < 2) {
        String frame = subscriber.readText();
        boolean isMessage = frame.startsWith(">3\r\n$8\r\nsmessage\r\n");
        boolean isReply = frame.startsWith(replies == 0 ? "$" + LARGE + "\r\nx" : ":");
        assertThat(isMessage || isReply).as(frame.length() + " bytes").isTrue();
        messages += isMessage ? 1 : 0;
        replies += isReply ? 1 : 0;
      }
    }
  }

  /** The client hears nothing of it but the messages. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void aChannelWhoseSlotMovesIsHeardOn(int protocol) {
    subscriber.call("HELLO", Integer.toString(protocol));
    List<String> channels = channels(6);
    subscribe(channels);
    for (String channel : channels) {
      int slot = cluster.slotOf(channel);
      RedisServer from = cluster.ownerOf(slot);
      RedisServer to =
          cluster.nodes().stream().filter(node -> node != from).findFirst().orElseThrow();
      cluster.migrateSlot(slot, to);
      await().atMost(SOON).until(() -> to.call("SPUBLISH", channel, "x").equals(":1\r\n"));
      assertThat(subscriber.readText()).isEqualTo(message(protocol, channel, "x"));
      cluster.migrateSlot(slot, from);
      await().atMost(SOON).until(() -> from.call("SPUBLISH", channel, "y").equals(":1\r\n"));
      assertThat(subscriber.readText()).isEqualTo(message(protocol, channel, "y"));
    }
    subscriber.send("SUNSUBSCRIBE", "channel:0");
    assertThat(subscriber.readText())
        .isEqualTo(confirmation(protocol, "sunsubscribe", "channel:0", 5));
  }

  /** It may have missed messages, and subscribes anew as when a plain server is lost. */
  @Test
  void whoseNodeIsLostIsTold() {
    RedisServer node = cluster.nodes().get(1);
    int i = 0;
    while (cluster.ownerOf("lost:" + i) != node) {
      i++;
    }
    subscribe(List.of("lost:" + i));
    node.restart();
    assertThat(subscriber.readUntilClosed()).isEmpty();
    String back = "lost:" + i;
    await().atMost(SOON).until(() -> client.call("SET", back, "1").equals("+OK\r\n"));
  }

  @Test
  void whatAnAclForbidsIsRefused() {
    for (RedisServer node : cluster.nodes()) {
      node.call("ACL", "SETUSER", "limited", "on", ">pw", "+@all", "resetchannels", "&ok*");
    }
    assertThat(subscriber.call("AUTH", "limited", "pw")).isEqualTo("+OK\r\n");
    assertThat(subscriber.call("SSUBSCRIBE", "secret")).startsWith("-NOPERM");
    assertThat(subscriber.call("SSUBSCRIBE", "ok1"))
        .isEqualTo(confirmation(2, "ssubscribe", "ok1", 1));
    assertThat(subscriber.call("SSUBSCRIBE", "secret")).startsWith("-NOPERM");
    assertThat(client.call("SPUBLISH", "ok1", "x")).isEqualTo(":1\r\n");
    assertThat(subscriber.readText()).isEqualTo(message(2, "ok1", "x"));
  }
}
