package io.heatsink.it;

import io.heatsink.testkit.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Many clients at once, a thread each, released together. */
final class Crowd implements AutoCloseable {

  /** What one client of the crowd does. */
  interface Member<T> {
    T act(int number, RawClient client) throws Exception;
  }

  private final Supplier<RawClient> connect;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<RawClient> clients = new ArrayList<>();

  Crowd(Supplier<RawClient> connect) {
    this.connect = connect;
  }

  /** Starts so many clients; each thread begins when all are connected. */
  <T> List<Future<T>> start(int count, Member<T> member) {
    CountDownLatch ready = new CountDownLatch(count);
    List<Future<T>> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      RawClient client = connect.get();
      clients.add(client);
      Callable<T> task =
          () -> {
            ready.countDown();
            ready.await();
            return member.act(number, client);
          };
      results.add(threads.submit(task));
    }
    return results;
  }

  /** Runs so many clients to their end and returns what each of them found. */
  <T> List<T> run(int count, Duration limit, Member<T> member) throws Exception {
    return join(start(count, member), limit);
  }

  /** Waits for all; throws what the first failing one threw. */
  static <T> List<T> join(List<Future<T>> futures, Duration limit)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + limit.toNanos();
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      try {
        results.add(future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
      } catch (ExecutionException e) {
        throw new AssertionError("a client failed: " + e.getCause(), e.getCause());
      }
    }
    return results;
  }

  @Override
  public void close() {
    clients.forEach(RawClient::close);
    threads.shutdownNow();
  }
}
