package io.heatsink.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.listener.PatternTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/** Spring Data Redis on pooled Lettuce connections. */
final class SpringSubject extends JavaSubject {

  private final LettuceConnectionFactory factory;
  private final StringRedisTemplate template;

  SpringSubject(int port, int protocol) {
    GenericObjectPoolConfig<StatefulConnection<?, ?>> pool = new GenericObjectPoolConfig<>();
    pool.setMaxTotal(POOLED);
    LettucePoolingClientConfiguration client =
        LettucePoolingClientConfiguration.builder()
            .poolConfig(pool)
            .clientName("matrix")
            .commandTimeout(Duration.ofSeconds(5))
            .shutdownTimeout(Duration.ZERO)
            .clientOptions(
                ClientOptions.builder()
                    .protocolVersion(protocol == 3 ? ProtocolVersion.RESP3 : ProtocolVersion.RESP2)
                    .build())
            .build();
    factory = new LettuceConnectionFactory(new RedisStandaloneConfiguration(HOST, port), client);
    factory.setShareNativeConnection(false);
    factory.afterPropertiesSet();
    factory.start();
    template = new StringRedisTemplate(factory);
  }

  @Override
  void startUp() {
    RedisCallback<String> name = connection -> connection.serverCommands().getClientName();
    assertThat(template.execute(name)).isEqualTo("matrix");
    RedisCallback<String> ping = connection -> connection.ping();
    assertThat(template.execute(ping)).isEqualTo("PONG");
  }

  @Override
  void pipeline() {
    List<Object> replies =
        template.executePipelined(
            new Sequence() {
              @Override
              void run(RedisOperations<String, String> redis) {
                for (int i = 0; i < MANY; i++) {
                  redis.opsForValue().set("p:" + i, Integer.toString(i));
                  redis.opsForValue().get("p:" + i);
                }
              }
            });
    for (int i = 0; i < MANY; i++) {
      assertThat(replies.get(2 * i + 1)).isEqualTo(Integer.toString(i));
    }
  }

  /** Commands of one connection. */
  private abstract static class Sequence implements SessionCallback<List<Object>> {

    abstract void run(RedisOperations<String, String> redis);

    @Override
    @SuppressWarnings({"unchecked", "NullAway"})
    public <K, V> List<Object> execute(RedisOperations<K, V> operations)
        throws DataAccessException {
      run((RedisOperations<String, String>) operations);
      return null;
    }
  }

  /** MULTI … EXEC on one connection, with what happens in between. */
  private static final class Transaction implements SessionCallback<List<Object>> {

    private final Runnable meanwhile;

    Transaction(Runnable meanwhile) {
      this.meanwhile = meanwhile;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <K, V> List<Object> execute(RedisOperations<K, V> operations)
        throws DataAccessException {
      RedisOperations<String, String> redis = (RedisOperations<String, String>) operations;
      redis.watch("n");
      meanwhile.run();
      redis.multi();
      redis.opsForValue().increment("n");
      redis.opsForValue().get("n");
      return redis.exec();
    }
  }

  @Override
  void transaction() {
    set("n", "0");
    assertThat(template.execute(new Transaction(() -> {}))).isEqualTo(List.of(1L, "1"));
    assertThat(template.execute(new Transaction(() -> set("n", "40")))).isEmpty();
    assertThat(get("n")).isEqualTo("40");
  }

  @Override
  void pubSub() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    RedisMessageListenerContainer container = new RedisMessageListenerContainer();
    container.setConnectionFactory(factory);
    container.afterPropertiesSet();
    container.addMessageListener(
        (message, pattern) -> heard.add(message.toString()), PatternTopic.of("new*"));
    container.start();
    try {
      eventually(() -> template.convertAndSend("news", "hello") == 1);
      assertThat(next(heard)).isEqualTo("hello");
    } finally {
      container.destroy();
    }
  }

  @Override
  void blockingPop() throws Exception {
    CompletableFuture<String> popped =
        CompletableFuture.supplyAsync(
            () -> template.opsForList().leftPop("queue", Duration.ofSeconds(10)));
    template.opsForList().rightPush("queue", "job");
    assertThat(popped.get(10, TimeUnit.SECONDS)).isEqualTo("job");
    assertThat(template.opsForList().leftPop("queue", Duration.ofSeconds(1))).isNull();
  }

  @Override
  void script() {
    set("s", "1");
    DefaultRedisScript<Long> script = new DefaultRedisScript<>(SCRIPT, Long.class);
    assertThat(template.execute(script, List.of("s"), "2")).isEqualTo(3);
    assertThat(template.execute(script, List.of("s"), "4")).isEqualTo(7);
    assertThat(get("s")).isEqualTo("7");
  }

  @Override
  void set(String key, String value) {
    template.opsForValue().set(key, value);
  }

  @Override
  String get(String key) {
    return Objects.requireNonNull(template.opsForValue().get(key));
  }

  @Override
  void incrementPooled(String key) {
    template.opsForValue().increment(key);
  }

  @Override
  public void close() {
    factory.destroy();
  }
}
