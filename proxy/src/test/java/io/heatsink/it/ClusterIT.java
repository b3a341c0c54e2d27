package io.heatsink.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlotMigration;
import io.heatsink.testkit.TestConfig;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Transaction;

/** A client that believes in one plain server, before a cluster. */
class ClusterIT {

  private static RedisCluster cluster;
  private static Heatsink heatsink;

  private RawClient client;

  @BeforeAll
  static void start() {
    cluster = RedisCluster.start(3, 0, "--enable-debug-command", "yes");
    heatsink = Heatsink.start(TestConfig.beforeCluster(cluster.ports()).build());
    try (RawClient first = RawClient.connect(heatsink.address())) {
      await().atMost(Duration.ofSeconds(15)).until(() -> first.call("PING").equals("+PONG\r\n"));
    }
  }

  @AfterAll
  static void stop() {
    heatsink.close();
    cluster.close();
  }

  @BeforeEach
  void connect() {
    client = RawClient.connect(heatsink.address());
    assertThat(client.call("FLUSHALL")).isEqualTo("+OK\r\n");
  }

  private static Jedis jedis() {
    return new Jedis("127.0.0.1", heatsink.address().getPort());
  }

  private static String key(int i) {
    return "key:" + i;
  }

  @Test
  void eachKeyIsWhereTheClusterHasIt() {
    for (int i = 0; i < 100; i++) {
      assertThat(client.call("SET", key(i), "v" + i)).isEqualTo("+OK\r\n");
    }
    for (int i = 0; i < 100; i++) {
      assertThat(client.call("GET", key(i)))
          .isEqualTo("$" + ("v" + i).length() + "\r\nv" + i + "\r\n");
      try (RawClient owner = cluster.ownerOf(key(i)).client()) {
        assertThat(owner.call("EXISTS", key(i))).isEqualTo(":1\r\n");
      }
    }
    assertThat(client.call("DBSIZE")).isEqualTo(":100\r\n");
  }

  /** What comes before it is known where the keys are waits, and is split all the same. */
  @Test
  void theFirstCommandsSeeTheWholeCluster() {
    client.call("MSET", "a", "1", "b", "2", "c", "3");
    try (Heatsink another = Heatsink.start(TestConfig.beforeCluster(cluster.ports()).build());
        RawClient first = RawClient.connect(another.address())) {
      List<byte[]> commands = new ArrayList<>();
      commands.add(RawClient.encode("MGET", "a", "b", "c"));
      commands.add(RawClient.encode("DBSIZE"));
      commands.add(RawClient.encode("SET", "d", "4"));
      commands.add(RawClient.encode("FLUSHALL"));
      commands.add(RawClient.encode("DBSIZE"));
      StringBuilder replies = new StringBuilder();
      for (byte[] reply : first.pipeline(commands)) {
        replies.append(new String(reply, US_ASCII));
      }
      assertThat(replies.toString())
          .isEqualTo("*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n:3\r\n+OK\r\n+OK\r\n:0\r\n");
    }
  }

  @Test
  void commandsOnManyKeysAreSplitAndJoined() {
    List<String> mset = new ArrayList<>(List.of("MSET"));
    List<String> mget = new ArrayList<>(List.of("MGET"));
    StringBuilder values = new StringBuilder("*51\r\n");
    for (int i = 0; i < 50; i++) {
      mset.add(key(i));
      mset.add("v" + i);
      mget.add(key(i));
      values.append("$").append(("v" + i).length()).append("\r\nv").append(i).append("\r\n");
    }
    mget.add("missing");
    values.append("$-1\r\n");
    assertThat(client.call(mset.toArray(String[]::new))).isEqualTo("+OK\r\n");
    assertThat(client.call(mget.toArray(String[]::new))).isEqualTo(values.toString());
    assertThat(client.call("EXISTS", key(0), key(1), key(2), "missing", key(0)))
        .isEqualTo(":4\r\n");
    assertThat(client.call("TOUCH", key(0), key(1))).isEqualTo(":2\r\n");
    assertThat(client.call("UNLINK", key(0), key(1), "missing")).isEqualTo(":2\r\n");
    assertThat(client.call("DEL", key(2), key(3), key(4), key(5))).isEqualTo(":4\r\n");
    assertThat(client.call("DBSIZE")).isEqualTo(":44\r\n");
    assertThat(client.call("MSET", "a", "1", "b")).startsWith("-ERR wrong number of arguments");
    assertThat(client.call("SUNION", "a", "b", "c"))
        .isEqualTo("-CROSSSLOT Keys in request don't hash to the same slot\r\n");
    assertThat(client.call("SUNION", "{a}1", "{a}2")).isEqualTo("*0\r\n");
  }

  /** Whoever waits for a list is on a connection to the node that has it. */
  @Test
  void whoBlocksCanBeUnblockedOnAnyNode() {
    for (int i = 0; i < 8; i++) {
      try (RawClient waiting = RawClient.connect(heatsink.address())) {
        String id = waiting.call("CLIENT", "ID").substring(1).trim();
        waiting.send("BLPOP", "unfilled:" + i, "0");
        await().until(() -> client.call("CLIENT", "UNBLOCK", id).equals(":1\r\n"));
        assertThat(waiting.readText()).isEqualTo("*-1\r\n");
        waiting.send("BLPOP", "unfilled:" + i, "0");
        await().until(() -> client.call("CLIENT", "UNBLOCK", id, "ERROR").equals(":1\r\n"));
        assertThat(waiting.readText()).startsWith("-UNBLOCKED ");
        assertThat(client.call("CLIENT", "UNBLOCK", id)).isEqualTo(":0\r\n");
      }
    }
  }

  /** Nothing of it has been run where its keys were, however it is called. */
  @ParameterizedTest
  @ValueSource(strings = {"EVAL", "EVALSHA", "FCALL"})
  void aScriptIsSentAgainWhenItsSlotHasMoved(String call) {
    String key = "{script}" + call;
    String script = "return redis.call('INCR', KEYS[1])";
    String sha = client.call("SCRIPT", "LOAD", script).lines().toList().get(1);
    client.call(
        "FUNCTION",
        "LOAD",
        "REPLACE",
        "#!lua name=adder\nredis.register_function('add', function(KEYS) " + script + " end)");
    client.call("SET", key, "1");
    RedisServer owner = cluster.ownerOf(key);
    RedisServer other =
        cluster.primaries().stream().filter(node -> node != owner).findFirst().orElseThrow();
    SlotMigration migration = cluster.beginMigration(cluster.slotOf(key), other);
    while (migration.moveKeys(100) > 0) {
      assertThat(migration.isUnderWay()).isTrue();
    }
    double before = AdminClient.metric(heatsink, "heatsink_backend_retries_total");
    String what = call.equals("EVAL") ? script : call.equals("EVALSHA") ? sha : "add";
    client.send(call, what, "1", key);
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> AdminClient.metric(heatsink, "heatsink_backend_retries_total") > before);
    migration.finish();
    assertThat(client.readText()).isEqualTo(":2\r\n");
    assertThat(client.call("GET", key)).isEqualTo("$1\r\n2\r\n");
  }

  /** A script may say whatever a node says; it has run all the same, and is not run again. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "MOVED %d 127.0.0.1:%d",
        "MOVED 1 x:1",
        "ASK %d 127.0.0.1:%d",
        "TRYAGAIN Multiple keys request during rehashing of slot",
        "CLUSTERDOWN Hash slot not served"
      })
  void aScriptThatSpeaksLikeANodeRunsOnce(String words) {
    String key = "{forged}" + words.length();
    RedisServer other =
        cluster.ownerOf(key) == cluster.ownerOf("a") ? cluster.ownerOf("b") : cluster.ownerOf("a");
    String error = words.formatted(cluster.slotOf(key), other.port());
    String script = "redis.call('INCR', KEYS[1]) return redis.error_reply(ARGV[1])";
    String sha = client.call("SCRIPT", "LOAD", script).lines().toList().get(1);
    String function =
        "#!lua name=forger\nredis.register_function('forge', "
            + "function(KEYS, ARGV) "
            + script
            + " end)";
    client.call("FUNCTION", "LOAD", "REPLACE", function);
    assertThat(client.call("EVAL", script, "1", key, error)).startsWith("-");
    assertThat(client.call("EVALSHA", sha, "1", key, error)).startsWith("-");
    assertThat(client.call("FCALL", "forge", "1", key, error)).startsWith("-");
    assertThat(client.call("GET", key)).isEqualTo("$1\r\n3\r\n");
  }

  @Test
  void aTransactionRunsWhereItsKeysAre() {
    try (Jedis jedis = jedis()) {
      for (int i = 0; i < 30; i++) {
        Transaction transaction = jedis.multi();
        transaction.set("{" + i + "}a", "1");
        transaction.incr("{" + i + "}b");
        assertThat(transaction.exec()).containsExactly("OK", 1L);
        jedis.watch("{" + i + "}a");
        Transaction watching = jedis.multi();
        watching.get("{" + i + "}a");
        assertThat(watching.exec()).containsExactly("1");
      }
    }
    assertThat(client.call("MULTI")).isEqualTo("+OK\r\n");
    assertThat(client.call("SET", "{1}a", "x")).isEqualTo("+QUEUED\r\n");
    String other = "";
    for (int i = 2; other.isEmpty(); i++) {
      if (cluster.ownerOf("{" + i + "}a").port() != cluster.ownerOf("{1}a").port()) {
        other = "{" + i + "}a";
      }
    }
    assertThat(client.call("SET", other, "x"))
        .isEqualTo("-CROSSSLOT Keys in request don't hash to the same slot\r\n");
    assertThat(client.call("EXEC")).startsWith("-EXECABORT");
    assertThat(client.call("GET", "{1}a")).isEqualTo("$1\r\n1\r\n");
  }

  @Test
  void whoBlocksIsWokenAndPipelinesKeepTheirOrder() {
    StringBuilder in = new StringBuilder();
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      in.append("RPUSH list:%d a\r\nBLPOP list:%d 1\r\nINCR n:%d\r\n".formatted(i, i, i % 7));
      String name = "list:" + i;
      out.append(":1\r\n*2\r\n$%d\r\n%s\r\n$1\r\na\r\n".formatted(name.length(), name));
      out.append(":" + (i / 7 + 1) + "\r\n");
    }
    client.sendRaw(in.toString().getBytes(US_ASCII));
    byte[] replies = new byte[out.length()];
    assertThat(client.take(replies, out.length())).isEqualTo(out.length());
    assertThat(replies).asString().isEqualTo(out.toString());
  }

  @Test
  void whatIsPublishedReachesSubscribersOfAllNodes() {
    try (RawClient subscriber = RawClient.connect(heatsink.address())) {
      subscriber.call("SUBSCRIBE", "news");
      for (RedisServer node : cluster.nodes()) {
        try (RawClient direct = node.client()) {
          direct.call("PUBLISH", "news", "hello");
        }
        assertThat(subscriber.readText()).contains("hello");
      }
      client.call("PUBLISH", "news", "bye");
      assertThat(subscriber.readText()).contains("bye");
    }
  }

  /** What needs a connection of the client's own must not travel on one that all share. */
  @Test
  void aSubscriberBlocksAndWatchesWhereItListens() {
    try (RawClient subscriber = RawClient.connect(heatsink.address())) {
      subscriber.call("HELLO", "3");
      assertThat(subscriber.call("SUBSCRIBE", "any")).startsWith(">3");
      int i = 0;
      while (!subscriber.call("WATCH", key(i)).contains("listens on another node")) {
        subscriber.call("UNWATCH");
        i++;
      }
      assertThat(subscriber.call("BLPOP", key(i), "0")).contains("listens on another node");
      assertThat(subscriber.call("EVAL", "return 7", "1", key(i))).isEqualTo(":7\r\n");
      client.call("HELLO", "3");
      assertThat(client.call("SET", key(i), "v")).isEqualTo("+OK\r\n");
      assertThat(client.call("GET", key(i))).isEqualTo("$1\r\nv\r\n");
    }
  }

  @Test
  void inResp3ASubscriberReadsAndWritesKeysOfAllNodes() {
    try (RawClient subscriber = RawClient.connect(heatsink.address())) {
      subscriber.call("HELLO", "3");
      assertThat(subscriber.call("SUBSCRIBE", "more")).startsWith(">3");
      for (int i = 0; i < 20; i++) {
        assertThat(subscriber.call("SET", key(i), "v")).isEqualTo("+OK\r\n");
        assertThat(subscriber.call("GET", key(i))).isEqualTo("$1\r\nv\r\n");
      }
      assertThat(client.call("PUBSUB", "NUMSUB", "more")).isEqualTo("*2\r\n$4\r\nmore\r\n:1\r\n");
      client.call("PUBLISH", "more", "x");
      assertThat(subscriber.readText()).startsWith(">3").contains("more");
    }
  }

  @Test
  void aClusterAwareClientIsToldOfOneNode() {
    String port = Integer.toString(heatsink.address().getPort());
    assertThat(client.call("CLUSTER", "SLOTS"))
        .startsWith("*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n$9\r\n127.0.0.1\r\n:" + port);
    assertThat(client.call("CLUSTER", "NODES")).contains("127.0.0.1:" + port).contains("0-16383");
    assertThat(client.call("CLUSTER", "KEYSLOT", "a")).isEqualTo(":15495\r\n");
    assertThat(client.call("READONLY")).isEqualTo("+OK\r\n");
    assertThat(client.call("CLUSTER", "FORGET", "x")).startsWith("-ERR Heatsink: CLUSTER FORGET");
    try (RedisClusterClient aware =
            RedisClusterClient.create("redis://127.0.0.1:" + heatsink.address().getPort());
        StatefulRedisClusterConnection<String, String> connection = aware.connect()) {
      assertThat(connection.sync().set("x", "1")).isEqualTo("OK");
      assertThat(connection.sync().get("x")).isEqualTo("1");
    }
  }

  /** One of two keys is still here and the other there: both can be had once the move is over. */
  @Test
  void aCommandOnASlotThatIsTornWaits() {
    int slot = cluster.slotOf("{torn}");
    RedisServer from = cluster.ownerOf(slot);
    RedisServer to =
        cluster.nodes().stream().filter(node -> node != from).findFirst().orElseThrow();
    client.call("MSET", "{torn}a", "1", "{torn}b", "2");
    SlotMigration migration = cluster.beginMigration(slot, to);
    migration.moveKeys(1);
    long before = retries();
    try (RawClient waiting = RawClient.connect(heatsink.address())) {
      waiting.send("MGET", "{torn}a", "{torn}b");
      await().until(() -> retries() > before);
      migration.moveKeys(10);
      migration.finish();
      assertThat(waiting.readText()).isEqualTo("*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
    }
    cluster.migrateSlot(slot, from);
  }

  /** A node that is reading its data says so, and is waited for. */
  @Test
  void aNodeThatLoadsIsWaitedFor() {
    RedisServer owner = cluster.ownerOf("loaded");
    client.call("SET", "loaded", "1");
    owner.call("DEBUG", "POPULATE", "4000", "filler", "100");
    owner.call("CONFIG", "SET", "key-load-delay", "300");
    owner.call("CONFIG", "SET", "loading-process-events-interval-bytes", "1024");
    try (RawClient reloading = owner.client()) {
      reloading.send("DEBUG", "RELOAD");
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> owner.call("GET", "loaded").startsWith("-LOADING"));
      long before = retries();
      assertThat(client.call("GET", "loaded")).isEqualTo("$1\r\n1\r\n");
      assertThat(retries()).isGreaterThan(before);
      assertThat(reloading.readText()).isEqualTo("+OK\r\n");
    }
    owner.call("CONFIG", "SET", "key-load-delay", "0");
  }

  /** Until the deadline somebody may take the slot; then the client has Redis' own words. */
  @Test
  void aSlotThatNobodyHasIsWaitedForInVain() {
    Duration deadline = Duration.ofMillis(300);
    TestConfig config = TestConfig.beforeCluster(cluster.ports()).retryDeadline(deadline);
    RedisServer owner = cluster.ownerOf("orphan");
    String slot = Integer.toString(cluster.slotOf("orphan"));
    try (Heatsink hasty = Heatsink.start(config.build());
        RawClient impatient = RawClient.connect(hasty.address())) {
      await().until(() -> impatient.call("DBSIZE").equals(":0\r\n"));
      owner.call("CLUSTER", "DELSLOTS", slot);
      try {
        await().until(() -> owner.call("GET", "orphan").startsWith("-CLUSTERDOWN"));
        assertThat(impatient.call("GET", "orphan")).startsWith("-CLUSTERDOWN ");
      } finally {
        owner.call("CLUSTER", "ADDSLOTS", slot);
      }
      await().until(() -> impatient.call("GET", "orphan").equals("$-1\r\n"));
    }
  }

  /** ASK while a slot is on its way, MOVED when it has gone. */
  @Test
  void aSlotMovesUnseen() {
    String key = "{moving}";
    int slot = cluster.slotOf(key);
    RedisServer from = cluster.ownerOf(slot);
    RedisServer to =
        cluster.nodes().stream()
            .filter(node -> node.port() != from.port())
            .findFirst()
            .orElseThrow();
    client.call("SET", key + "1", "a");
    var migration = cluster.beginMigration(slot, to);
    assertThat(client.call("GET", key + "1")).isEqualTo("$1\r\na\r\n");
    assertThat(client.call("SET", key + "2", "b")).isEqualTo("+OK\r\n");
    assertThat(client.call("INCR", key + "n")).isEqualTo(":1\r\n");
    while (migration.moveKeys(10) > 0) {
      assertThat(client.call("GET", key + "2")).isEqualTo("$1\r\nb\r\n");
    }
    assertThat(client.call("INCR", key + "n")).isEqualTo(":2\r\n");
    migration.finish();
    assertThat(client.call("GET", key + "1")).isEqualTo("$1\r\na\r\n");
    assertThat(client.call("INCR", key + "n")).isEqualTo(":3\r\n");
    assertThat(client.call("MGET", key + "1", key + "2")).isEqualTo("*2\r\n$1\r\na\r\n$1\r\nb\r\n");
    cluster.migrateSlot(slot, from);
    assertThat(client.call("GET", key + "1")).isEqualTo("$1\r\na\r\n");
  }

  /**
   * Whoever is answered at the second attempt is not tracked: the consent went with the first. What
   * it was answered with must not be kept as if it were.
   */
  @Test
  void whatWasReadAtASecondAttemptIsNotKeptAsTracked() {
    String key = "{tracked}";
    int slot = cluster.slotOf(key);
    RedisServer owner = cluster.ownerOf(slot);
    String neighbour = Integer.toString(cluster.ownerOf(slot - 1) == owner ? slot - 1 : slot + 1);
    try (RawClient direct = owner.client();
        RawClient waiting = RawClient.connect(heatsink.address())) {
      client.call("SET", key, "old");
      await()
          .until(
              () -> {
                client.pipeline(Collections.nCopies(100, RawClient.encode("GET", key)));
                String policy = client.call("HEATSINK", "POLICY", key);
                return policy.contains("tracked") && policy.contains("kept\r\n:1\r\n");
              });
      // Redis tells of a change once: from here on it tracks the key no more.
      direct.call("SET", key, "old");
      await().until(() -> client.call("HEATSINK", "POLICY", key).contains("kept\r\n:0\r\n"));
      // Without all slots the node finds the cluster down, and says so instead of answering.
      owner.call("CLUSTER", "DELSLOTS", neighbour);
      long before = retries();
      waiting.send("GET", key);
      await().until(() -> retries() >= before + 2);
      owner.call("CLUSTER", "ADDSLOTS", neighbour);
      assertThat(waiting.readText()).isEqualTo("$3\r\nold\r\n");
      direct.call("SET", key, "new");
      await()
          .atMost(Duration.ofSeconds(2))
          .until(() -> client.call("GET", key).equals("$3\r\nnew\r\n"));
    }
  }

  private long retries() {
    String stats = client.call("HEATSINK", "STATS");
    String from = "backend_retries\r\n:";
    int at = stats.indexOf(from) + from.length();
    return Long.parseLong(stats.substring(at, stats.indexOf('\r', at)));
  }
}
