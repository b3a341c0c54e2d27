package io.heatsink.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** What clients on the JVM have in common. */
abstract class JavaSubject implements Subject {

  static final String HOST = "127.0.0.1";
  static final String SCRIPT = "return redis.call('INCRBY', KEYS[1], ARGV[1])";
  static final String SCRIPT_SHA1 = "8cd00688c05c46bde4a2e60658ef20a2e5c0b248";
  static final int POOLED = 6;
  static final int MANY = 500;

  private static final int THREADS = 12;
  private static final int INCREMENTS_EACH = 50;
  private static final Duration LIMIT = Duration.ofSeconds(15);

  @Override
  public final void show(Feature feature, Stand stand) throws Exception {
    assertThat(stand.direct("SCRIPT", "FLUSH")).isEqualTo("+OK\r\n");
    switch (feature) {
      case START_UP -> startUp();
      case POOL -> pool(stand);
      case PIPELINE -> pipeline();
      case TRANSACTION -> transaction();
      case PUB_SUB -> pubSub();
      case BLOCKING_POP -> blockingPop();
      case SCRIPT -> script();
      case TRACKING -> tracking(stand);
      case HEATSINK_RESTARTS, REDIS_RESTARTS -> reconnect(feature, stand);
    }
  }

  /** Connects, says who it is, is told so, and talks. */
  abstract void startUp() throws Exception;

  abstract void pipeline() throws Exception;

  /** One that succeeds, and one that a write to a watched key undoes. */
  abstract void transaction() throws Exception;

  abstract void pubSub() throws Exception;

  /** One that waits for its element, and one that waits in vain. */
  abstract void blockingPop() throws Exception;

  /** By its digest, which Redis does not know yet. */
  abstract void script() throws Exception;

  /** Answers from its own memory until somebody else changes the key. */
  void tracking(Stand stand) throws Exception {
    throw new UnsupportedOperationException();
  }

  abstract void set(String key, String value) throws Exception;

  abstract String get(String key) throws Exception;

  /** Increments on a connection from the client's pool. */
  abstract void incrementPooled(String key) throws Exception;

  private void pool(Stand stand) throws Exception {
    set("pooled", "0");
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        done.add(threads.submit(this::incrementOften));
      }
      for (Future<?> thread : done) {
        thread.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    String all = Integer.toString(THREADS * INCREMENTS_EACH);
    assertThat(get("pooled")).isEqualTo(all);
    assertThat(stand.direct("GET", "pooled")).contains(all);
  }

  private Void incrementOften() throws Exception {
    for (int i = 0; i < INCREMENTS_EACH; i++) {
      incrementPooled("pooled");
    }
    return null;
  }

  private void reconnect(Feature feature, Stand stand) throws Exception {
    set("before", "1");
    assertThat(get("before")).isEqualTo("1");
    stand.restart(feature);
    eventually(
        () -> {
          set("after", feature.name());
          return feature.name().equals(get("after"));
        });
    if (feature == Feature.HEATSINK_RESTARTS) {
      assertThat(get("before")).isEqualTo("1");
    }
    pipeline();
    transaction();
  }

  /** Waits until it is so, whatever fails in the meantime. */
  static void eventually(Callable<Boolean> isSo) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(50))
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(isSo);
  }

  static <T> T next(BlockingQueue<T> heard) throws InterruptedException {
    T next = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(next).as("heard in time").isNotNull();
    return next;
  }
}
