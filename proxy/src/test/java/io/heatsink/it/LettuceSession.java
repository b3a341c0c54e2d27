package io.heatsink.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What an application does with Lettuce, on an empty database. */
final class LettuceSession {

  private static final byte[] BINARY = {0, (byte) 0xff, '\r', '\n', (byte) 0xc3};

  private final RedisClient client;

  LettuceSession(int port, ProtocolVersion protocol) {
    RedisURI uri =
        RedisURI.builder()
            .withHost("127.0.0.1")
            .withPort(port)
            .withTimeout(Duration.ofSeconds(10))
            .build();
    client = RedisClient.create(uri);
    client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
  }

  void run() throws Exception {
    try (StatefulRedisConnection<String, String> connection = client.connect();
        StatefulRedisConnection<String, String> second = client.connect()) {
      RedisCommands<String, String> redis = connection.sync();
      RedisCommands<String, String> other = second.sync();
      assertThat(redis.flushall()).isEqualTo("OK");
      strings(redis);
      binary();
      structures(redis);
      transactions(redis, other);
      pipelines(connection);
      publishing(redis);
      blocking(redis, second);
      scanning(redis);
      databases(redis, other);
      errors(redis);
      connection(redis);
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
  }

  private static void strings(RedisCommands<String, String> redis) {
    assertThat(redis.set("text", "grüße")).isEqualTo("OK");
    assertThat(redis.get("text")).isEqualTo("grüße");
    assertThat(redis.get("missing")).isNull();
    assertThat(redis.set("once", "1", SetArgs.Builder.nx().ex(100))).isEqualTo("OK");
    assertThat(redis.set("once", "2", SetArgs.Builder.nx())).isNull();
    assertThat(redis.ttl("once")).isBetween(90L, 100L);
    assertThat(redis.expire("once", 50)).isTrue();
    assertThat(redis.ttl("once")).isBetween(40L, 50L);
    assertThat(redis.mget("text", "missing"))
        .containsExactly(KeyValue.just("text", "grüße"), KeyValue.empty("missing"));
  }

  private void binary() {
    byte[] value = new byte[256];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) i;
    }
    try (StatefulRedisConnection<byte[], byte[]> bytes = client.connect(new ByteArrayCodec())) {
      bytes.sync().set(BINARY, value);
      assertThat(bytes.sync().get(BINARY)).isEqualTo(value);
    }
  }

  private static void structures(RedisCommands<String, String> redis) {
    assertThat(redis.hset("hash", Map.of("a", "1", "b", "2"))).isEqualTo(2);
    assertThat(redis.hgetall("hash")).isEqualTo(Map.of("a", "1", "b", "2"));
    redis.rpush("list", "x", "y", "z");
    assertThat(redis.lrange("list", 0, -1)).containsExactly("x", "y", "z");
    redis.zadd("zset", 1.5, "one");
    redis.zadd("zset", 2.0, "two");
    assertThat(redis.zrangeWithScores("zset", 0, -1))
        .containsExactly(ScoredValue.just(1.5, "one"), ScoredValue.just(2.0, "two"));
  }

  private static void transactions(
      RedisCommands<String, String> redis, RedisCommands<String, String> other) {
    redis.multi();
    redis.incr("n");
    redis.incrby("n", 5);
    redis.get("n");
    TransactionResult done = redis.exec();
    assertThat(done.stream().toList()).isEqualTo(List.of(1L, 6L, "6"));
    redis.watch("n");
    other.set("n", "changed");
    redis.multi();
    redis.set("n", "lost");
    assertThat(redis.exec().wasDiscarded()).isTrue();
    assertThat(redis.get("n")).isEqualTo("changed");
  }

  private static void pipelines(StatefulRedisConnection<String, String> connection)
      throws Exception {
    RedisAsyncCommands<String, String> async = connection.async();
    List<RedisFuture<String>> replies = new ArrayList<>();
    connection.setAutoFlushCommands(false);
    for (int i = 0; i < 1000; i++) {
      replies.add(async.set("p:" + i, Integer.toString(i)));
      replies.add(async.get("p:" + i));
    }
    connection.flushCommands();
    connection.setAutoFlushCommands(true);
    LettuceFutures.awaitAll(10, TimeUnit.SECONDS, replies.toArray(new RedisFuture<?>[0]));
    for (int i = 0; i < replies.size(); i++) {
      assertThat(replies.get(i).get()).isEqualTo(i % 2 == 0 ? "OK" : Integer.toString(i / 2));
    }
  }

  private void publishing(RedisCommands<String, String> publisher) throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub()) {
      subscriber.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
              heard.add(channel + " " + message);
            }
          });
      subscriber.sync().subscribe("news");
      assertThat(publisher.publish("news", "hello")).isOne();
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("news hello");
      subscriber.sync().unsubscribe("news");
      assertThat(publisher.publish("news", "nobody")).isZero();
    }
  }

  private static void blocking(
      RedisCommands<String, String> redis, StatefulRedisConnection<String, String> second)
      throws Exception {
    RedisFuture<KeyValue<String, String>> popped = second.async().blpop(5, "queue");
    redis.rpush("queue", "job");
    assertThat(popped.get(10, TimeUnit.SECONDS)).isEqualTo(KeyValue.just("queue", "job"));
    assertThat(second.sync().blpop(0.05, "queue")).isNull();
  }

  private static void scanning(RedisCommands<String, String> redis) {
    Set<String> seen = new HashSet<>();
    ScanArgs args = ScanArgs.Builder.matches("p:*").limit(100);
    KeyScanCursor<String> page = redis.scan(args);
    seen.addAll(page.getKeys());
    while (!page.isFinished()) {
      page = redis.scan(ScanCursor.of(page.getCursor()), args);
      seen.addAll(page.getKeys());
    }
    assertThat(seen).hasSize(1000);
    String script = "return redis.call('GET', KEYS[1])";
    String value = redis.eval(script, ScriptOutputType.VALUE, "text");
    assertThat(value).isEqualTo("grüße");
  }

  private static void databases(
      RedisCommands<String, String> redis, RedisCommands<String, String> other) {
    assertThat(other.select(3)).isEqualTo("OK");
    assertThat(other.get("text")).isNull();
    other.set("text", "db3");
    assertThat(redis.get("text")).isEqualTo("grüße");
    assertThat(other.get("text")).isEqualTo("db3");
  }

  private static void errors(RedisCommands<String, String> redis) {
    assertThatThrownBy(() -> redis.incr("list"))
        .isInstanceOf(RedisCommandExecutionException.class)
        .hasMessageStartingWith("WRONGTYPE");
    ProtocolKeyword unknown = () -> "NOSUCH".getBytes(UTF_8);
    assertThatThrownBy(
            () ->
                redis.dispatch(
                    unknown,
                    new StatusOutput<>(StringCodec.UTF8),
                    new CommandArgs<>(StringCodec.UTF8).addKey("a")))
        .isInstanceOf(RedisCommandExecutionException.class)
        .hasMessageContaining("unknown command");
    assertThat(redis.get("text")).isEqualTo("grüße");
  }

  private static void connection(RedisCommands<String, String> redis) {
    assertThat(redis.info("server")).contains("redis_version:");
    assertThat(redis.clientSetname("session")).isEqualTo("OK");
    assertThat(redis.clientGetname()).isEqualTo("session");
    assertThat(redis.ping()).isEqualTo("PONG");
  }
}
