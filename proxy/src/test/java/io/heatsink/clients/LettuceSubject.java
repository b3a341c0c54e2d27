package io.heatsink.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.support.ConnectionPoolSupport;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;

/** Lettuce: shared connections, its pool, its own reconnection. */
final class LettuceSubject extends JavaSubject {

  private final RedisClient client;
  private final GenericObjectPool<StatefulRedisConnection<String, String>> pool;
  private final StatefulRedisConnection<String, String> connection;
  private final RedisCommands<String, String> redis;

  LettuceSubject(int port, int protocol) {
    client =
        RedisClient.create(
            RedisURI.builder()
                .withHost(HOST)
                .withPort(port)
                .withClientName("matrix")
                .withTimeout(Duration.ofSeconds(5))
                .build());
    client.setOptions(
        ClientOptions.builder()
            .protocolVersion(protocol == 3 ? ProtocolVersion.RESP3 : ProtocolVersion.RESP2)
            .build());
    GenericObjectPoolConfig<StatefulRedisConnection<String, String>> config =
        new GenericObjectPoolConfig<>();
    config.setMaxTotal(POOLED);
    pool = ConnectionPoolSupport.createGenericObjectPool(client::connect, config);
    connection = client.connect();
    redis = connection.sync();
  }

  @Override
  void startUp() {
    assertThat(redis.ping()).isEqualTo("PONG");
    assertThat(redis.clientGetname()).isEqualTo("matrix");
  }

  @Override
  void pipeline() throws Exception {
    RedisAsyncCommands<String, String> async = connection.async();
    List<RedisFuture<String>> replies = new ArrayList<>();
    connection.setAutoFlushCommands(false);
    for (int i = 0; i < MANY; i++) {
      async.set("p:" + i, Integer.toString(i));
      replies.add(async.get("p:" + i));
    }
    connection.flushCommands();
    connection.setAutoFlushCommands(true);
    LettuceFutures.awaitAll(10, TimeUnit.SECONDS, replies.toArray(new RedisFuture<?>[0]));
    for (int i = 0; i < MANY; i++) {
      assertThat(replies.get(i).get()).isEqualTo(Integer.toString(i));
    }
  }

  @Override
  void transaction() {
    redis.set("n", "0");
    redis.multi();
    redis.incr("n");
    redis.get("n");
    assertThat(redis.exec().stream().toList()).isEqualTo(List.of(1L, "1"));
    try (StatefulRedisConnection<String, String> other = client.connect()) {
      redis.watch("n");
      other.sync().set("n", "changed");
      redis.multi();
      redis.set("n", "lost");
      assertThat(redis.exec().wasDiscarded()).isTrue();
    }
    assertThat(redis.get("n")).isEqualTo("changed");
  }

  @Override
  void pubSub() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub()) {
      subscriber.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
              heard.add(channel + " " + message);
            }

            @Override
            public void message(String pattern, String channel, String message) {
              heard.add(pattern + " " + message);
            }
          });
      subscriber.sync().subscribe("news");
      subscriber.sync().psubscribe("ol*");
      assertThat(redis.publish("news", "hello")).isOne();
      assertThat(next(heard)).isEqualTo("news hello");
      assertThat(redis.publish("old", "hello")).isOne();
      assertThat(next(heard)).isEqualTo("ol* hello");
      subscriber.sync().unsubscribe("news");
      assertThat(redis.publish("news", "nobody")).isZero();
    }
  }

  @Override
  void blockingPop() throws Exception {
    try (StatefulRedisConnection<String, String> other = client.connect()) {
      RedisFuture<KeyValue<String, String>> popped = other.async().blpop(10, "queue");
      redis.rpush("queue", "job");
      assertThat(popped.get(10, TimeUnit.SECONDS)).isEqualTo(KeyValue.just("queue", "job"));
      assertThat(other.sync().blpop(0.05, "queue")).isNull();
    }
  }

  @Override
  void script() {
    redis.set("s", "1");
    String[] keys = {"s"};
    assertThatThrownBy(() -> redis.evalsha(SCRIPT_SHA1, ScriptOutputType.INTEGER, keys, "2"))
        .isInstanceOf(RedisNoScriptException.class);
    Long first = redis.eval(SCRIPT, ScriptOutputType.INTEGER, keys, "2");
    assertThat(first).isEqualTo(3);
    Long second = redis.evalsha(SCRIPT_SHA1, ScriptOutputType.INTEGER, keys, "4");
    assertThat(second).isEqualTo(7);
    assertThat(redis.get("s")).isEqualTo("7");
  }

  @Override
  void tracking(Stand stand) {
    Map<String, String> memory = new ConcurrentHashMap<>();
    StatefulRedisConnection<String, String> caching = client.connect();
    try (CacheFrontend<String, String> cache =
        ClientSideCaching.enable(
            CacheAccessor.forMap(memory), caching, TrackingArgs.Builder.enabled())) {
      redis.set("cached", "old");
      assertThat(cache.get("cached")).isEqualTo("old");
      assertThat(memory).containsEntry("cached", "old");
      redis.set("cached", "new");
      eventually(() -> "new".equals(cache.get("cached")));
      stand.direct("SET", "cached", "from beside");
      eventually(() -> "from beside".equals(cache.get("cached")));
    }
  }

  @Override
  void set(String key, String value) {
    redis.set(key, value);
  }

  @Override
  String get(String key) {
    return redis.get(key);
  }

  @Override
  void incrementPooled(String key) throws Exception {
    try (StatefulRedisConnection<String, String> pooled = pool.borrowObject()) {
      pooled.sync().incr(key);
    }
  }

  @Override
  public void close() {
    pool.close();
    connection.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
