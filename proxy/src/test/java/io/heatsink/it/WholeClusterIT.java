package io.heatsink.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/** Commands that concern a cluster as a whole, by a client that believes in one plain server. */
class WholeClusterIT {

  private static RedisCluster cluster;
  private static Heatsink heatsink;

  private RawClient client;

  @BeforeAll
  static void start() {
    cluster = RedisCluster.start(3, 0);
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
  void theWholeKeyspaceIsSeen() {
    try (Jedis jedis = jedis()) {
      Set<String> expected = new HashSet<>();
      for (int i = 0; i < 500; i++) {
        jedis.set(key(i), "v");
        expected.add(key(i));
      }
      assertThat(jedis.keys("key:*")).isEqualTo(expected);
      Set<String> scanned = new HashSet<>();
      String cursor = ScanParams.SCAN_POINTER_START;
      do {
        ScanResult<String> result = jedis.scan(cursor, new ScanParams().count(20));
        scanned.addAll(result.getResult());
        cursor = result.getCursor();
      } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
      assertThat(scanned).isEqualTo(expected);
      Set<RedisServer> owners = new HashSet<>();
      while (owners.size() < 3) {
        owners.add(cluster.ownerOf(jedis.randomKey()));
      }
      jedis.flushDB();
      assertThat(jedis.dbSize()).isZero();
      assertThat(jedis.randomKey()).isNull();
      assertThat(jedis.scan("0").getResult()).isEmpty();
    }
  }

  @Test
  void infoIsOfTheWholeCluster() {
    client.call("CONFIG", "RESETSTAT");
    for (int i = 0; i < 60; i++) {
      client.call("SET", key(i), "v");
      client.call("GET", i % 2 == 0 ? key(i) : "none:" + i);
      client.call("LPUSH", key(i), "v");
    }
    String keyspace = client.call("INFO", "keyspace");
    assertThat(keyspace).contains("# Keyspace\r\ndb0:keys=60,expires=0,");
    String stats = client.call("INFO", "stats");
    assertThat(stats).contains("\r\nkeyspace_hits:30\r\n", "\r\nkeyspace_misses:30\r\n");
    String commands = client.call("INFO", "commandstats");
    assertThat(commands).contains("cmdstat_set:calls=60,", "cmdstat_get:calls=60,");
    assertThat(client.call("INFO", "errorstats")).contains("errorstat_WRONGTYPE:count=60");
    long used = 0;
    for (RedisServer node : cluster.nodes()) {
      used += Long.parseLong(node.info("memory").get("used_memory"));
    }
    String memory = client.call("INFO", "memory");
    int at = memory.indexOf("used_memory:") + "used_memory:".length();
    long said = Long.parseLong(memory.substring(at, memory.indexOf('\r', at)));
    assertThat(said).isBetween(used / 2, 2 * used);
    assertThat(client.call("INFO")).contains("\r\n\r\n# Clients\r\n").contains("# Keyspace");
    assertThat(client.call("INFO", "nothing")).isEqualTo("$0\r\n\r\n");
  }

  @Test
  void functionsAreTheSameOnAllNodes() {
    String code = "#!lua name=%s\nredis.register_function('%s', function(KEYS) return KEYS[1] end)";
    assertThat(client.call("FUNCTION", "LOAD", code.formatted("one", "f"))).contains("one");
    assertThat(client.call("FUNCTION", "LOAD", code.formatted("two", "g"))).contains("two");
    assertThat(client.call("FUNCTION", "LOAD", code.formatted("one", "f")))
        .isEqualTo("-ERR Library 'one' already exists\r\n");
    assertEverywhere("f", true);
    byte[] dump = bulk(client.send("FUNCTION", "DUMP").readReply());
    assertThat(client.call("FUNCTION", "DELETE", "one")).isEqualTo("+OK\r\n");
    assertEverywhere("f", false);
    assertEverywhere("g", true);
    assertThat(client.call("FUNCTION", "FLUSH")).isEqualTo("+OK\r\n");
    assertEverywhere("g", false);
    assertThat(client.call("FUNCTION".getBytes(US_ASCII), "RESTORE".getBytes(US_ASCII), dump))
        .isEqualTo("+OK\r\n");
    assertEverywhere("f", true);
    assertEverywhere("g", true);
    assertThat(client.call("FUNCTION", "LIST")).contains("one", "two");
    client.call("FUNCTION", "FLUSH");
  }

  private static byte[] bulk(byte[] reply) {
    int from = 0;
    while (reply[from] != '\n') {
      from++;
    }
    return Arrays.copyOfRange(reply, from + 1, reply.length - 2);
  }

  private void assertEverywhere(String function, boolean isThere) {
    for (int i = 0; i < 20; i++) {
      assertThat(client.call("FCALL", function, "1", key(i)))
          .startsWith(isThere ? "$" : "-ERR Function not found");
    }
  }

  @Test
  void scriptsAreForgottenAndStoppedEverywhere() {
    String sha = client.call("SCRIPT", "LOAD", "return 1").lines().toList().get(1);
    assertThat(client.call("SCRIPT", "KILL")).startsWith("-NOTBUSY");
    assertThat(client.call("FUNCTION", "KILL")).startsWith("-NOTBUSY");
    client.call("CONFIG", "SET", "busy-reply-threshold", "50");
    for (RedisServer node : cluster.nodes()) {
      int i = 0;
      while (cluster.ownerOf(key(i)) != node) {
        i++;
      }
      try (RawClient endless = RawClient.connect(heatsink.address())) {
        endless.send("EVAL", "while true do end", "1", key(i));
        await().until(() -> client.call("SCRIPT", "KILL").equals("+OK\r\n"));
        assertThat(endless.readText()).startsWith("-ERR ").contains("killed by user");
      }
    }
    client.call("CONFIG", "SET", "busy-reply-threshold", "5000");
    assertThat(client.call("SCRIPT", "FLUSH")).isEqualTo("+OK\r\n");
    for (int i = 0; i < 20; i++) {
      assertThat(client.call("EVALSHA", sha, "1", key(i))).startsWith("-NOSCRIPT");
    }
  }

  @Test
  void aScriptStaysInOneSlot() {
    String script = "return redis.call('MSET', KEYS[1], 'v', KEYS[2], 'v')";
    assertThat(client.call("EVAL", script, "2", "{s}a", "{s}b")).isEqualTo("+OK\r\n");
    assertThat(client.call("EVAL", script, "2", "a", "b"))
        .isEqualTo("-CROSSSLOT Keys in request don't hash to the same slot\r\n");
    int i = 0;
    while (cluster.ownerOf(key(i)) == cluster.ownerOf("{s}")) {
      i++;
    }
    String undeclared = "return redis.call('GET', '" + key(i) + "')";
    assertThat(client.call("EVAL", undeclared, "1", "{s}a")).contains("non local key");
  }

  @Test
  void scriptsAreKnownToAllNodes() {
    try (Jedis jedis = jedis()) {
      String sha = jedis.scriptLoad("return redis.call('INCR', KEYS[1])");
      for (int i = 0; i < 20; i++) {
        assertThat(jedis.evalsha(sha, 1, key(i))).isEqualTo(1L);
      }
      assertThat(jedis.scriptExists(sha)).isTrue();
      assertThat(jedis.eval("return 7")).isEqualTo(7L);
    }
  }

  /** The node that has the slot is asked, whichever that is. */
  @Test
  void keysOfASlotAreCountedWhereTheyAre() {
    for (int i = 0; i < 20; i++) {
      client.call("SET", key(i), "v");
      String slot = Integer.toString(cluster.slotOf(key(i)));
      assertThat(client.call("CLUSTER", "COUNTKEYSINSLOT", slot)).as(key(i)).isEqualTo(":1\r\n");
      assertThat(client.call("CLUSTER", "GETKEYSINSLOT", slot, "10")).contains(key(i));
    }
  }
}
