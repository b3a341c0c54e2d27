package io.heatsink.it;

import io.heatsink.testkit.RawClient;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Clients that count on one counter, and some that read it, until they are told to stop. They keep
 * account of what was acknowledged, and of what may have been counted.
 */
final class CountingCrowd {

  private static final int READ_EVERY = 6;
  private static final long NO_VALUE = Long.MIN_VALUE;

  private final String key;
  private final IntFunction<@Nullable RawClient> connect;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();
  private final AtomicReference<@Nullable String> fault = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();

  /** What each client is at, and since when; for who looks why nothing goes on. */
  private final AtomicReferenceArray<String> doing;

  private volatile boolean stopped;
  private volatile String latestError = "no error";

  /** {@code connect} makes a client of the Heatsink of this number, or null while it is down. */
  CountingCrowd(String key, int clients, long seed, IntFunction<@Nullable RawClient> connect) {
    this.key = key;
    this.connect = connect;
    this.doing = new AtomicReferenceArray<>(clients);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < clients; i++) {
      SplittableRandom own = random.split();
      boolean reads = i % READ_EVERY == 0;
      int number = i;
      threads.add(new Thread(() -> run(number, reads, own), "counting-" + i));
    }
    threads.forEach(Thread::start);
  }

  long acknowledged() {
    return acknowledged.get();
  }

  long unknown() {
    return unknown.get();
  }

  /** An error reply that a client got, and what all are at. */
  String latestError() {
    return latestError + ", " + System.nanoTime() / 1_000_000 + " ms: " + doing;
  }

  private void does(int number, String what) {
    doing.set(number, System.nanoTime() / 1_000_000 + " " + what);
  }

  /** What a client saw that it must not see, or null. */
  @Nullable String fault() {
    return fault.get();
  }

  private void run(int number, boolean reads, SplittableRandom random) {
    int to = number;
    while (!stopped) {
      does(number, "connects to " + to);
      try (RawClient client = connect.apply(to++)) {
        if (client == null) {
          does(number, "finds it down");
          LockSupport.parkNanos(1_000_000);
          continue;
        }
        talk(client, number, reads, random);
      } catch (UncheckedIOException e) {
        // It was killed, or is: on to the next one.
        latestError = String.valueOf(e.getCause());
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private void talk(RawClient client, int number, boolean reads, SplittableRandom random) {
    long latest = NO_VALUE;
    while (!stopped) {
      int step = reads ? 0 : random.nextInt(1, 4);
      unknown.addAndGet(step);
      does(number, reads ? "reads" : "counts");
      String reply =
          reads
              ? client.call("GET", key)
              : step == 1 ? client.call("INCR", key) : client.call("INCRBY", key, "" + step);
      long value = value(reply);
      if (value != NO_VALUE) {
        unknown.addAndGet(-step);
        acknowledged.addAndGet(step);
        if (value < latest || (latest != NO_VALUE && value < latest + step)) {
          fault.compareAndSet(null, "%d after %d, step %d".formatted(value, latest, step));
        }
        latest = value;
      } else if (reply.startsWith("-")) {
        latestError = reply;
      } else if (!reply.startsWith("$-1")) {
        fault.compareAndSet(null, reply);
      }
    }
  }

  private static long value(String reply) {
    if (reply.startsWith(":")) {
      return Long.parseLong(reply.strip().substring(1));
    }
    return reply.startsWith("$") && !reply.startsWith("$-1")
        ? Long.parseLong(reply.split("\r\n", -1)[1])
        : NO_VALUE;
  }

  /** Has them stop, and waits until they have. */
  void stop() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }
}
