package io.heatsink.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.redisson.Redisson;
import org.redisson.api.BatchOptions;
import org.redisson.api.BatchResult;
import org.redisson.api.RBatch;
import org.redisson.api.RBlockingQueue;
import org.redisson.api.RBucket;
import org.redisson.api.RClientSideCaching;
import org.redisson.api.RLock;
import org.redisson.api.RPatternTopic;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.ClientSideCachingOptions;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.redisson.config.ConstantDelay;
import org.redisson.config.Protocol;

/** Redisson, whose objects are Lua scripts and pub/sub beneath. */
final class RedissonSubject extends JavaSubject {

  private final RedissonClient client;

  RedissonSubject(int port, int protocol) {
    Config config = new Config();
    config.setCodec(StringCodec.INSTANCE);
    config.setProtocol(protocol == 3 ? Protocol.RESP3 : Protocol.RESP2);
    config.setUseScriptCache(true);
    config.setThreads(4).setNettyThreads(4);
    config
        .useSingleServer()
        .setAddress("redis://" + HOST + ":" + port)
        .setClientName("matrix")
        .setConnectionPoolSize(POOLED)
        .setConnectionMinimumIdleSize(1)
        .setSubscriptionConnectionMinimumIdleSize(1)
        .setRetryDelay(new ConstantDelay(Duration.ofMillis(200)))
        .setReconnectionDelay(new ConstantDelay(Duration.ofMillis(200)));
    client = Redisson.create(config);
  }

  @Override
  void startUp() {
    set("greeting", "hello");
    assertThat(get("greeting")).isEqualTo("hello");
    assertThat(client.getKeys().countExists("greeting")).isOne();
  }

  @Override
  void pipeline() {
    RBatch batch = client.createBatch();
    for (int i = 0; i < MANY; i++) {
      batch.getBucket("p:" + i).setAsync(Integer.toString(i));
      batch.getBucket("p:" + i).getAsync();
    }
    List<?> replies = batch.execute().getResponses();
    for (int i = 0; i < MANY; i++) {
      assertThat(replies.get(2 * i + 1)).isEqualTo(Integer.toString(i));
    }
  }

  /** MULTI and EXEC; Redisson has no WATCH, but compares and sets by script. */
  @Override
  void transaction() {
    set("n", "0");
    BatchOptions atomic =
        BatchOptions.defaults().executionMode(BatchOptions.ExecutionMode.REDIS_WRITE_ATOMIC);
    RBatch batch = client.createBatch(atomic);
    batch.getAtomicLong("n").incrementAndGetAsync();
    batch.getBucket("n").getAsync();
    BatchResult<?> result = batch.execute();
    assertThat(new ArrayList<Object>(result.getResponses())).isEqualTo(List.of(1L, "1"));
    RBucket<String> bucket = client.getBucket("n");
    assertThat(bucket.compareAndSet("0", "lost")).isFalse();
    assertThat(bucket.compareAndSet("1", "changed")).isTrue();
    assertThat(get("n")).isEqualTo("changed");
  }

  @Override
  void pubSub() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    RPatternTopic topic = client.getPatternTopic("new*");
    int listener =
        topic.addListener(
            String.class, (pattern, channel, message) -> heard.add(channel + " " + message));
    assertThat(client.getTopic("news").publish("hello")).isOne();
    assertThat(next(heard)).isEqualTo("news hello");
    topic.removeListener(listener);
    assertThat(client.getTopic("news").publish("nobody")).isZero();
  }

  /** And a lock, for which Redisson waits by pub/sub. */
  @Override
  void blockingPop() throws Exception {
    RBlockingQueue<String> queue = client.getBlockingQueue("queue");
    CompletableFuture<String> popped = queue.pollAsync(10, TimeUnit.SECONDS).toCompletableFuture();
    queue.add("job");
    assertThat(popped.get(10, TimeUnit.SECONDS)).isEqualTo("job");
    assertThat(queue.poll(1, TimeUnit.SECONDS)).isNull();
    RLock lock = client.getLock("lock");
    CompletableFuture<Boolean> waiting;
    lock.lock();
    try {
      waiting = CompletableFuture.supplyAsync(() -> takeAndGiveBack(client.getLock("lock")));
    } finally {
      lock.unlock();
    }
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
  }

  private static boolean takeAndGiveBack(RLock lock) {
    try {
      if (lock.tryLock(5, TimeUnit.SECONDS)) {
        lock.unlock();
        return true;
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  void script() {
    set("s", "1");
    RScript script = client.getScript();
    for (long expected : new long[] {3, 5}) {
      Long after =
          script.eval(RScript.Mode.READ_WRITE, SCRIPT, RScript.ReturnType.LONG, List.of("s"), "2");
      assertThat(after).isEqualTo(expected);
    }
    assertThat(get("s")).isEqualTo("5");
  }

  @Override
  void tracking(Stand stand) {
    RClientSideCaching caching =
        client.getClientSideCaching(ClientSideCachingOptions.defaults().size(100));
    RBucket<String> bucket = caching.getBucket("cached", StringCodec.INSTANCE);
    set("cached", "old");
    assertThat(bucket.get()).isEqualTo("old");
    assertThat(bucket.get()).isEqualTo("old");
    set("cached", "new");
    eventually(() -> "new".equals(bucket.get()));
    stand.direct("SET", "cached", "from beside");
    eventually(() -> "from beside".equals(bucket.get()));
    caching.destroy();
  }

  @Override
  void set(String key, String value) {
    client.getBucket(key).set(value);
  }

  @Override
  String get(String key) {
    return String.valueOf(client.getBucket(key).get());
  }

  @Override
  void incrementPooled(String key) {
    client.getAtomicLong(key).incrementAndGet();
  }

  @Override
  public void close() {
    client.shutdown(0, 2, TimeUnit.SECONDS);
  }
}
