package io.heatsink.benchmarks.demo;

import io.heatsink.benchmarks.demo.FlashCrowd.Ask;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Recorder;

/**
 * Lettuce connections that ask on a schedule. Latency counts from the moment that the schedule
 * names, so that a stall is charged to every command that it delays. {@link #run} is for one
 * thread; the counters may be read by any.
 */
final class Clients implements AutoCloseable {

  private static final int MAX_OUTSTANDING = 4_000;
  private static final int IO_THREADS = 2;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final long PAUSE_NANOS = 200_000;
  private static final long MAX_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(1);

  final LongAdder reads = new LongAdder();
  final LongAdder likes = new LongAdder();
  final LongAdder hotLikes = new LongAdder();
  final LongAdder errors = new LongAdder();
  final Recorder latencies = new Recorder(MAX_LATENCY_NANOS, 3);

  private final AtomicInteger outstanding = new AtomicInteger();
  private final ClientResources resources;
  private final RedisClient client;
  private final List<StatefulRedisConnection<String, String>> connections = new ArrayList<>();
  private volatile boolean stopped;

  Clients(InetSocketAddress heatsink, int count) {
    resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(IO_THREADS)
            .computationThreadPoolSize(2)
            .build();
    RedisURI uri = RedisURI.create(heatsink.getAddress().getHostAddress(), heatsink.getPort());
    uri.setTimeout(TIMEOUT);
    client = RedisClient.create(resources, uri);
    client.setOptions(ClientOptions.builder().autoReconnect(false).build());
    for (int i = 0; i < count; i++) {
      connections.add(client.connect());
    }
  }

  /** Asks what the crowd asks, for so long, then waits for the last replies. */
  void run(FlashCrowd crowd, double fullRate, Duration length) {
    long start = System.nanoTime();
    double due = 0;
    int turn = 0;
    while (!stopped && due < length.toNanos()) {
      long now = System.nanoTime() - start;
      if (due > now || outstanding.get() >= MAX_OUTSTANDING) {
        LockSupport.parkNanos(PAUSE_NANOS);
        continue;
      }
      double progress = due / length.toNanos();
      turn = (turn + 1) % connections.size();
      send(connections.get(turn).async(), crowd.next(progress), start + (long) due);
      due += 1e9 / crowd.rateAt(progress, fullRate);
    }
    long deadline = System.nanoTime() + DRAIN.toNanos();
    while (!stopped && outstanding.get() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void send(RedisAsyncCommands<String, String> redis, Ask ask, long scheduled) {
    outstanding.incrementAndGet();
    RedisFuture<?> future = ask.like() ? redis.incr(ask.key()) : redis.get(ask.key());
    boolean hot = ask.key().equals(FlashCrowd.HOT_LIKES);
    future.whenComplete(
        (reply, failure) -> {
          outstanding.decrementAndGet();
          (ask.like() ? likes : reads).increment();
          if (failure != null || reply == null) {
            errors.increment();
          } else if (hot) {
            hotLikes.increment();
          }
          long latency = System.nanoTime() - scheduled;
          latencies.recordValue(Math.max(0, Math.min(latency, MAX_LATENCY_NANOS)));
        });
  }

  /** Forgets what was counted. */
  void resetCounters() {
    reads.reset();
    likes.reset();
    hotLikes.reset();
    errors.reset();
    latencies.reset();
  }

  /** Makes {@link #run} return soon. */
  void stop() {
    stopped = true;
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
