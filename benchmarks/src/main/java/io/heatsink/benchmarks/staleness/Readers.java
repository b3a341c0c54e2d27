package io.heatsink.benchmarks.staleness;

import io.heatsink.testkit.RawClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Clients that read the versions of one key, a thread each. For one thread. */
final class Readers implements AutoCloseable {

  private static final long MOST_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final int DIGITS = 3;

  private final Versions versions;
  private final List<RawClient> clients = new ArrayList<>();
  private final List<Future<Histogram>> reading = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  Readers(int count, int port, Versions versions) {
    this.versions = versions;
    for (int i = 0; i < count; i++) {
      clients.add(RawClient.connect(port));
    }
  }

  /** Has each read at a steady pace from now on; what is read from {@code startNanos} counts. */
  void start(long startNanos, long endNanos, long everyNanos) {
    for (RawClient client : clients) {
      reading.add(threads.submit(() -> read(client, startNanos, endNanos, everyNanos)));
    }
  }

  private Histogram read(RawClient client, long startNanos, long endNanos, long everyNanos) {
    Histogram ages = new Histogram(MOST_NANOS, DIGITS);
    long now = System.nanoTime();
    while (now - endNanos < 0) {
      long age = versions.readAgeNanos(client);
      if (now - startNanos >= 0) {
        ages.recordValue(Math.min(age, MOST_NANOS));
      }
      LockSupport.parkNanos(now + everyNanos - System.nanoTime());
      now = System.nanoTime();
    }
    return ages;
  }

  /** What all have read, once they are done. */
  Ages join() throws InterruptedException, ExecutionException {
    Histogram all = new Histogram(MOST_NANOS, DIGITS);
    for (Future<Histogram> one : reading) {
      all.add(one.get());
    }
    return new Ages(all);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    clients.forEach(RawClient::close);
  }
}
