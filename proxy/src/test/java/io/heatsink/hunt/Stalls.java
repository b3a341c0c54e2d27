package io.heatsink.hunt;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long this machine has kept a thread waiting that wanted to run: what no bound can exclude.
 */
final class Stalls implements AutoCloseable {

  private static final long PAUSE_NANOS = 1_000_000;

  private final AtomicLong longestNanos = new AtomicLong();
  private final Thread watch = new Thread(this::watch, "stalls");
  private volatile boolean closed;

  Stalls() {
    watch.setDaemon(true);
    watch.start();
  }

  private void watch() {
    long before = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(PAUSE_NANOS);
      long now = System.nanoTime();
      long late = now - before - PAUSE_NANOS;
      longestNanos.accumulateAndGet(late, Math::max);
      before = now;
    }
  }

  /** The longest since the last call. */
  long takeLongestNanos() {
    return longestNanos.getAndSet(0);
  }

  @Override
  public void close() {
    closed = true;
  }
}
