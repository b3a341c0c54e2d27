package io.heatsink.benchmarks.staleness;

import io.heatsink.testkit.RawClient;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The values of one key: numbers that count up, each with the moment from which it was overwritten.
 * One thread writes, any may read.
 */
final class Versions {

  static final String KEY = "staleness";

  private final AtomicLongArray overwrittenNanos;
  private int latest;

  /** Room for so many writes. */
  Versions(int writes) {
    overwrittenNanos = new AtomicLongArray(writes + 2);
  }

  /** Writes the next value; the one before is old from when this has been acknowledged. */
  void write(RawClient client) {
    int next = latest + 1;
    String reply = client.call("SET", KEY, Integer.toString(next));
    if (!reply.equals("+OK\r\n")) {
      throw new IllegalStateException("SET was answered with " + reply);
    }
    overwrittenNanos.set(latest, System.nanoTime());
    latest = next;
  }

  /** Writes at a steady pace until the time or the room is over. */
  void writeUntil(long endNanos, long everyNanos, RawClient client) {
    long due = System.nanoTime();
    while (due - endNanos < 0 && latest < overwrittenNanos.length() - 2) {
      write(client);
      due += everyNanos;
      LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
    }
  }

  /** Reads; returns for how long the answer had been overwritten when it was asked for, from 0. */
  long readAgeNanos(RawClient client) {
    long asked = System.nanoTime();
    String reply = client.call("GET", KEY);
    if (!reply.startsWith("$")) {
      throw new IllegalStateException("GET was answered with " + reply);
    }
    int version = Integer.parseInt(reply.substring(reply.indexOf('\n') + 1).strip());
    long overwritten = overwrittenNanos.get(version);
    return overwritten == 0 ? 0 : Math.max(0, asked - overwritten);
  }
}
