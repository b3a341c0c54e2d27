package io.heatsink.cache;

import io.heatsink.command.Ends;
import io.heatsink.command.Writes;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Knows which keys are being written, by whom, and how often they were. Thread-safe, lock-free. */
public final class WriteGuard implements Writes {

  /*
   * Keys share stripes. A stripe has the number of writes under way with the connection that all of
   * them travel on, and the number of changes ever begun, its epoch. The rules, which keep a late
   * reply from overwriting an invalidation:
   *
   *   - a fill begins only while no write to the stripe is under way, or none but writes that were
   *     sent before it on its own connection, which Redis runs first;
   *   - its answer is kept only if no change has begun since.
   *
   * A write therefore drops the entry once, when it begins: nothing can keep an older value, and
   * what is kept after its reply was read after it. Two keys that share a stripe disturb each
   * other's fills, never their correctness.
   *
   * begin counts the write before it raises the epoch, and a fill reads the epoch before it looks
   * for writes: so one of the two sees the other.
   */

  static final int STRIPES = 4096;

  /** Low half: writes under way. High half: the connection of all of them, or UNORDERED. */
  private final AtomicLongArray underWay = new AtomicLongArray(STRIPES + 1);

  private final AtomicLongArray epochs = new AtomicLongArray(STRIPES);
  private final AtomicLong era = new AtomicLong();
  private final @Nullable Ends ends;
  private volatile LongConsumer onChange = hash -> {};

  public WriteGuard() {
    this(null);
  }

  /** One that tells {@code ends} before a write is no longer under way; null for nobody. */
  public WriteGuard(@Nullable Ends ends) {
    this.ends = ends;
  }

  /** Who drops the entry of a key's hash. */
  void listener(LongConsumer drop) {
    onChange = drop;
  }

  @Override
  public void begin(long keyHash, int connection) {
    int stripe = stripe(keyHash);
    enter(stripe, connection);
    epochs.incrementAndGet(stripe);
    onChange.accept(keyHash);
  }

  @Override
  public void end(long keyHash) {
    if (ends != null) {
      ends.ended(keyHash);
    }
    underWay.decrementAndGet(stripe(keyHash));
  }

  @Override
  public void beginEverything(int connection) {
    enter(STRIPES, connection);
    era.incrementAndGet();
  }

  @Override
  public void endEverything() {
    if (ends != null) {
      ends.everythingEnded();
    }
    underWay.decrementAndGet(STRIPES);
  }

  @Override
  public void changed(long keyHash) {
    if (ends != null) {
      ends.ended(keyHash);
    }
    epochs.incrementAndGet(stripe(keyHash));
    onChange.accept(keyHash);
  }

  @Override
  public void everythingChanged() {
    if (ends != null) {
      ends.everythingEnded();
    }
    era.incrementAndGet();
  }

  private void enter(int stripe, int connection) {
    long before = underWay.get(stripe);
    while (true) {
      boolean joins = pending(before) == 0 || connection(before) == connection;
      long owner = joins ? connection : UNORDERED;
      long after = owner << Integer.SIZE | (pending(before) + 1);
      long seen = underWay.compareAndExchange(stripe, before, after);
      if (seen == before) {
        return;
      }
      before = seen;
    }
  }

  @Override
  public boolean isQuiet(long keyHash) {
    return pending(underWay.get(stripe(keyHash))) == 0 && pending(underWay.get(STRIPES)) == 0;
  }

  /** Whether what is sent now on this connection runs after every write that is under way. */
  boolean isAfterWrites(long keyHash, int connection) {
    return isAfter(underWay.get(stripe(keyHash)), connection)
        && isAfter(underWay.get(STRIPES), connection);
  }

  private static boolean isAfter(long writes, int connection) {
    return pending(writes) == 0 || (connection(writes) == connection && connection != UNORDERED);
  }

  /** Changes ever begun that could touch this key alone; equal readings mean that none began. */
  public long epoch(long keyHash) {
    return epochs.get(stripe(keyHash));
  }

  /** Changes ever begun that could touch any key. */
  public long era() {
    return era.get();
  }

  private static long pending(long writes) {
    return writes & 0xffff_ffffL;
  }

  private static int connection(long writes) {
    return (int) (writes >>> Integer.SIZE);
  }

  static int stripe(long keyHash) {
    return (int) (keyHash >>> 32) & (STRIPES - 1);
  }
}
