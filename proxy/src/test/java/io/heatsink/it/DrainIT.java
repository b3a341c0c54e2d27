package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A stop loses nothing that was under way, and ends with exit code 0. */
class DrainIT {

  private static final int CLIENTS = 8;
  private static final long RETRY_NANOS = 5_000_000;

  private static ServedProcess serve(RedisServer redis, int port, String... more)
      throws IOException {
    List<String> options = new ArrayList<>(List.of("--listen", "127.0.0.1:" + port));
    options.addAll(List.of("--backend", "redis://127.0.0.1:" + redis.port()));
    options.addAll(List.of(more));
    return new ServedProcess(Map.of(), options.toArray(String[]::new));
  }

  /** A client that increments its own counter, and tries again on a new connection. */
  private static int increment(int port, String key, AtomicBoolean on, AtomicInteger reconnects) {
    int acknowledged = 0;
    while (on.get()) {
      try (RawClient client = RawClient.connect(port)) {
        while (on.get()) {
          String reply = client.call("INCR", key);
          // Every increment that was run has been acknowledged: none is counted twice or missing.
          assertThat(reply).isEqualTo(":" + (acknowledged + 1) + "\r\n");
          acknowledged++;
        }
      } catch (UncheckedIOException | IllegalStateException e) {
        reconnects.incrementAndGet();
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
    return acknowledged;
  }

  @Test
  void aDrainedRestartUnderLoadLosesNoRequestThatWasUnderWay() throws Exception {
    int port = RedisServer.freePort();
    AtomicBoolean on = new AtomicBoolean(true);
    AtomicInteger reconnects = new AtomicInteger();
    ExecutorService crowd = Executors.newFixedThreadPool(CLIENTS);
    try (RedisServer redis = RedisServer.start()) {
      List<Future<Integer>> counts = new ArrayList<>();
      ServedProcess served = serve(redis, port);
      for (int i = 0; i < CLIENTS; i++) {
        String key = "counter:" + i;
        counts.add(crowd.submit(() -> increment(port, key, on, reconnects)));
      }
      for (int restart = 0; restart < 3; restart++) {
        long before = redis.calls("incr");
        await().until(() -> redis.calls("incr") > before + 500);
        served.signal("TERM");
        assertThat(served.awaitEnd()).isZero();
        assertThat(served.log()).contains("stopped: every client was seen off");
        served.close();
        served = serve(redis, port);
      }
      long before = redis.calls("incr");
      await().until(() -> redis.calls("incr") > before + 500);
      on.set(false);
      for (int i = 0; i < CLIENTS; i++) {
        String counter = Scene.bulk(Integer.toString(counts.get(i).get()));
        assertThat(redis.call("GET", "counter:" + i)).isEqualTo(counter);
      }
      assertThat(reconnects.get()).isGreaterThanOrEqualTo(3 * CLIENTS);
      served.close();
    } finally {
      on.set(false);
      crowd.shutdownNow();
    }
  }

  @Test
  void aTransactionIsFinishedAndOneThatWaitsForEverIsCutOffAtTheDeadline() throws Exception {
    try (RedisServer redis = RedisServer.start();
        ServedProcess served = serve(redis, 0, "--drain-timeout", "1s");
        RawClient transaction = served.client();
        RawClient idle = served.client();
        RawClient blocked = served.client()) {
      idle.call("PING");
      transaction.call("MULTI");
      transaction.call("SET", "a", "1");
      blocked.sendRaw(RawClient.encode("BLPOP", "nothing", "0"));
      await().until(() -> "1".equals(redis.info("clients").get("blocked_clients")));
      served.signal("TERM");
      assertThat(idle.readUntilClosed()).isEmpty();
      assertThat(transaction.call("EXEC")).isEqualTo("*1\r\n+OK\r\n");
      assertThat(served.awaitEnd()).isZero();
      assertThat(served.log()).contains("clients were cut off");
    }
  }

  @Test
  void aSecondSignalEndsItAtOnce() throws Exception {
    try (RedisServer redis = RedisServer.start();
        ServedProcess served = serve(redis, 0, "--drain-timeout", "1h");
        RawClient transaction = served.client()) {
      transaction.call("MULTI");
      served.signal("TERM");
      await().until(() -> served.log().contains("stopping"));
      served.signal("TERM");
      assertThat(served.awaitEnd()).isEqualTo(143);
    }
  }
}
