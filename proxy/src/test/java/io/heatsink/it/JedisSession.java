package io.heatsink.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/** What an application does with Jedis, on an empty database. */
final class JedisSession {

  private static final byte[] BINARY = {0, (byte) 0xff, '\r', '\n', (byte) 0xc3};

  private final int port;
  private final RedisProtocol protocol;

  JedisSession(int port, RedisProtocol protocol) {
    this.port = port;
    this.protocol = protocol;
  }

  private Jedis connect() {
    return new Jedis(
        new HostAndPort("127.0.0.1", port),
        DefaultJedisClientConfig.builder().protocol(protocol).timeoutMillis(10_000).build());
  }

  void run() throws Exception {
    try (Jedis jedis = connect();
        Jedis other = connect()) {
      assertThat(jedis.flushAll()).isEqualTo("OK");
      strings(jedis);
      structures(jedis);
      transactions(jedis, other);
      pipelines(jedis);
      publishing(jedis);
      blocking(jedis, other);
      scanning(jedis);
      databases(jedis, other);
      errors(jedis);
      connection(jedis);
    }
  }

  private static void strings(Jedis jedis) {
    assertThat(jedis.set("text", "grüße")).isEqualTo("OK");
    assertThat(jedis.get("text")).isEqualTo("grüße");
    assertThat(jedis.get("missing")).isNull();
    byte[] value = new byte[256];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) i;
    }
    jedis.set(BINARY, value);
    assertThat(jedis.get(BINARY)).isEqualTo(value);
    assertThat(jedis.set("once", "1", SetParams.setParams().nx().ex(100))).isEqualTo("OK");
    assertThat(jedis.set("once", "2", SetParams.setParams().nx())).isNull();
    assertThat(jedis.ttl("once")).isBetween(90L, 100L);
    assertThat(jedis.expire("once", 50)).isOne();
    assertThat(jedis.ttl("once")).isBetween(40L, 50L);
    assertThat(jedis.mget("text", "missing", "once")).containsExactly("grüße", null, "1");
  }

  private static void structures(Jedis jedis) {
    assertThat(jedis.hset("hash", Map.of("a", "1", "b", "2"))).isEqualTo(2);
    assertThat(jedis.hgetAll("hash")).isEqualTo(Map.of("a", "1", "b", "2"));
    jedis.rpush("list", "x", "y", "z");
    assertThat(jedis.lrange("list", 0, -1)).containsExactly("x", "y", "z");
    jedis.zadd("zset", Map.of("one", 1.5, "two", 2.0));
    assertThat(jedis.zrange("zset", 0, -1)).containsExactly("one", "two");
    assertThat(jedis.zscore("zset", "one")).isEqualTo(1.5);
    jedis.sadd("set", "m");
    assertThat(jedis.smembers("set")).containsExactly("m");
  }

  private static void transactions(Jedis jedis, Jedis other) {
    try (Transaction multi = jedis.multi()) {
      multi.incr("n");
      multi.incrBy("n", 5);
      multi.get("n");
      assertThat(multi.exec()).isEqualTo(List.of(1L, 6L, "6"));
    }
    jedis.watch("n");
    other.set("n", "changed");
    try (Transaction multi = jedis.multi()) {
      multi.set("n", "lost");
      assertThat(multi.exec()).isNull();
    }
    assertThat(jedis.get("n")).isEqualTo("changed");
  }

  private static void pipelines(Jedis jedis) {
    List<Response<String>> replies = new ArrayList<>();
    try (Pipeline pipeline = jedis.pipelined()) {
      for (int i = 0; i < 1000; i++) {
        pipeline.set("p:" + i, Integer.toString(i));
        replies.add(pipeline.get("p:" + i));
      }
    }
    for (int i = 0; i < replies.size(); i++) {
      assertThat(replies.get(i).get()).isEqualTo(Integer.toString(i));
    }
  }

  private void publishing(Jedis publisher) throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    JedisPubSub listener =
        new JedisPubSub() {
          @Override
          public void onSubscribe(String channel, int subscribed) {
            heard.add("subscribed " + channel);
          }

          @Override
          public void onMessage(String channel, String message) {
            heard.add(channel + " " + message);
            unsubscribe();
          }
        };
    try (Jedis subscriber = connect()) {
      CompletableFuture<Void> done =
          CompletableFuture.runAsync(() -> subscriber.subscribe(listener, "news"));
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("subscribed news");
      assertThat(publisher.publish("news", "hello")).isOne();
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("news hello");
      done.get(10, TimeUnit.SECONDS);
      assertThat(subscriber.get("text")).isEqualTo("grüße");
    }
  }

  private static void blocking(Jedis jedis, Jedis other) throws Exception {
    CompletableFuture<List<String>> popped =
        CompletableFuture.supplyAsync(() -> other.blpop(5, "queue"));
    jedis.rpush("queue", "job");
    assertThat(popped.get(10, TimeUnit.SECONDS)).containsExactly("queue", "job");
    assertThat(other.blpop(0.05, "queue")).isNull();
  }

  private static void scanning(Jedis jedis) {
    Set<String> seen = new HashSet<>();
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      ScanResult<String> page = jedis.scan(cursor, new ScanParams().match("p:*").count(100));
      seen.addAll(page.getResult());
      cursor = page.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    assertThat(seen).hasSize(1000);
    String script = "return redis.call('GET', KEYS[1])";
    assertThat(jedis.eval(script, List.of("text"), List.of())).isEqualTo("grüße");
  }

  private static void databases(Jedis jedis, Jedis other) {
    assertThat(other.select(3)).isEqualTo("OK");
    assertThat(other.get("text")).isNull();
    other.set("text", "db3");
    assertThat(jedis.get("text")).isEqualTo("grüße");
    assertThat(other.get("text")).isEqualTo("db3");
  }

  private static void errors(Jedis jedis) {
    assertThatThrownBy(() -> jedis.incr("list"))
        .isInstanceOf(JedisDataException.class)
        .hasMessageStartingWith("WRONGTYPE");
    assertThatThrownBy(() -> jedis.sendCommand(() -> "NOSUCH".getBytes(UTF_8), "a"))
        .isInstanceOf(JedisDataException.class)
        .hasMessageContaining("unknown command");
    assertThat(jedis.get("text")).isEqualTo("grüße");
  }

  private static void connection(Jedis jedis) {
    assertThat(jedis.info("server")).contains("redis_version:");
    assertThat(jedis.clientSetname("session")).isEqualTo("OK");
    assertThat(jedis.clientGetname()).isEqualTo("session");
    assertThat(jedis.ping()).isEqualTo("PONG");
  }
}
