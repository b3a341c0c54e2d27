package io.heatsink.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** Jedis with its pool. */
final class JedisSubject extends JavaSubject {

  private final RedisClient client;

  JedisSubject(int port, int protocol) {
    DefaultJedisClientConfig config =
        DefaultJedisClientConfig.builder()
            .protocol(protocol == 3 ? RedisProtocol.RESP3 : RedisProtocol.RESP2)
            .clientName("matrix")
            .timeoutMillis(10_000)
            .build();
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(POOLED);
    pool.setTestOnBorrow(true);
    client =
        RedisClient.builder().hostAndPort(HOST, port).clientConfig(config).poolConfig(pool).build();
  }

  @Override
  void startUp() {
    assertThat(client.ping()).isEqualTo("PONG");
    Object name =
        client.executeCommand(new CommandArguments(Protocol.Command.CLIENT).add("GETNAME"));
    assertThat((byte[]) name).asString(UTF_8).isEqualTo("matrix");
  }

  @Override
  void pipeline() {
    List<Response<String>> replies = new ArrayList<>();
    try (Pipeline pipeline = client.pipelined()) {
      for (int i = 0; i < MANY; i++) {
        pipeline.set("p:" + i, Integer.toString(i));
        replies.add(pipeline.get("p:" + i));
      }
    }
    for (int i = 0; i < MANY; i++) {
      assertThat(replies.get(i).get()).isEqualTo(Integer.toString(i));
    }
  }

  @Override
  void transaction() {
    client.set("n", "0");
    try (AbstractTransaction multi = client.multi()) {
      multi.incr("n");
      multi.get("n");
      assertThat(multi.exec()).isEqualTo(List.of(1L, "1"));
    }
    try (AbstractTransaction multi = client.transaction(false)) {
      multi.watch("n");
      client.set("n", "changed");
      multi.multi();
      multi.set("n", "lost");
      assertThat(multi.exec()).isNull();
    }
    assertThat(client.get("n")).isEqualTo("changed");
  }

  @Override
  void pubSub() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    JedisPubSub listener =
        new JedisPubSub() {
          @Override
          public void onPSubscribe(String pattern, int subscribed) {
            heard.add("subscribed " + pattern);
          }

          @Override
          public void onPMessage(String pattern, String channel, String message) {
            heard.add(channel + " " + message);
            punsubscribe();
          }
        };
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(() -> client.psubscribe(listener, "new*"));
    assertThat(next(heard)).isEqualTo("subscribed new*");
    assertThat(client.publish("news", "hello")).isOne();
    assertThat(next(heard)).isEqualTo("news hello");
    done.get(10, TimeUnit.SECONDS);
    assertThat(client.publish("news", "nobody")).isZero();
  }

  @Override
  void blockingPop() throws Exception {
    CompletableFuture<List<String>> popped =
        CompletableFuture.supplyAsync(() -> client.blpop(10, "queue"));
    client.rpush("queue", "job");
    assertThat(popped.get(10, TimeUnit.SECONDS)).containsExactly("queue", "job");
    assertThat(client.blpop(0.05, "queue")).isNull();
  }

  @Override
  void script() {
    client.set("s", "1");
    assertThatThrownBy(() -> client.evalsha(SCRIPT_SHA1, List.of("s"), List.of("2")))
        .isInstanceOf(JedisNoScriptException.class);
    assertThat(client.eval(SCRIPT, List.of("s"), List.of("2"))).isEqualTo(3L);
    assertThat(client.evalsha(SCRIPT_SHA1, List.of("s"), List.of("4"))).isEqualTo(7L);
    assertThat(client.get("s")).isEqualTo("7");
  }

  @Override
  void set(String key, String value) {
    client.set(key, value);
  }

  @Override
  String get(String key) {
    return client.get(key);
  }

  @Override
  void incrementPooled(String key) {
    client.incr(key);
  }

  @Override
  public void close() {
    client.close();
  }
}
