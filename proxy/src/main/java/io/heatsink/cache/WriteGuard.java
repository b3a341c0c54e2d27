package io.heatsink.cache;

import io.heatsink.command.Writes;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;

/** Knows which keys are being written, and has been since when. Thread-safe, without locks. */
public final class WriteGuard implements Writes {

  /*
   * Keys share stripes; a stripe holds the number of writes under way (low bits) and the number of
   * writes ever begun (high bits, its epoch). The rules, which keep a late reply from overwriting
   * an invalidation:
   *
   *   - nothing is served locally, and no fill begins, while a write to the stripe is under way;
   *   - a fill is stored only if no write has begun since it was issued.
   *
   * A write therefore drops the entry once, when it begins: nothing can store an older value until
   * its reply has come, and a fill that begins after that reads the new one. Two keys that share a
   * stripe disturb each other's fills, never their correctness.
   */

  private static final int STRIPES = 4096;
  private static final int PENDING_BITS = 24;
  private static final long PENDING_MASK = (1L << PENDING_BITS) - 1;
  private static final long BEGIN = (1L << PENDING_BITS) + 1;

  private final AtomicLongArray stripes = new AtomicLongArray(STRIPES);
  private final AtomicLong everything = new AtomicLong();
  private volatile LongConsumer onWrite = hash -> {};
  private volatile Runnable onEverything = () -> {};

  /** Who drops the entries: of one key's hash, and all. */
  void listeners(LongConsumer key, Runnable all) {
    onWrite = key;
    onEverything = all;
  }

  @Override
  public void begin(long keyHash) {
    stripes.addAndGet(stripe(keyHash), BEGIN);
    onWrite.accept(keyHash);
  }

  @Override
  public void end(long keyHash) {
    stripes.addAndGet(stripe(keyHash), -1);
  }

  @Override
  public void beginEverything() {
    everything.addAndGet(BEGIN);
    onEverything.run();
  }

  @Override
  public void endEverything() {
    everything.addAndGet(-1);
  }

  /** Whether no write to this key is under way. */
  public boolean isQuiet(long keyHash) {
    return isQuietAt(stamp(keyHash));
  }

  /**
   * Writes begun and under way that could touch this key; equal readings, the first of them quiet,
   * mean that none has begun in between.
   */
  long stamp(long keyHash) {
    return stripes.get(stripe(keyHash)) + everything.get();
  }

  /** Whether no write was under way when the stamp was read. */
  static boolean isQuietAt(long stamp) {
    return (stamp & PENDING_MASK) == 0;
  }

  /** Writes ever begun that could touch this key; equal readings mean that none began. */
  long epoch(long keyHash) {
    return (stripes.get(stripe(keyHash)) >>> PENDING_BITS) + (everything.get() >>> PENDING_BITS);
  }

  private static int stripe(long keyHash) {
    return (int) (keyHash >>> 32) & (STRIPES - 1);
  }
}
