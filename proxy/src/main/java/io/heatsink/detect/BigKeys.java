package io.heatsink.detect;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The bytes a second of the keys whose values are large, those of one lane. Confined to its event
 * loop.
 */
final class BigKeys {

  /*
   * All commands with large values are counted, not a sample: they are few, and each costs far
   * more than this. What no counter is left for gets that of the smallest with a probability by its
   * size, as in CounterTable. A count fades as e^(-t/SECONDS), so that what comes evenly stands at
   * SECONDS times its rate.
   */

  static final int MOST_KEYS = 64;
  private static final double SECONDS = 2;

  private final SplittableRandom random;
  private final long[] hashes = new long[MOST_KEYS];
  private final @Nullable TrackedKey[] keys = new @Nullable TrackedKey[MOST_KEYS];
  private final double[] bytes = new double[MOST_KEYS];
  private final long[] atNanos = new long[MOST_KEYS];
  private int size;

  BigKeys(SplittableRandom random) {
    this.random = random;
  }

  /** Counts a value of a key that lends its bytes; both lie at {@code [index, index + length)}. */
  void add(
      long hash, int database, ByteBuf key, int index, int length, long valueBytes, long nowNanos) {
    int place = 0;
    while (place < size && hashes[place] != hash) {
      place++;
    }
    if (place == size) {
      place = size < MOST_KEYS ? size : smallest(nowNanos);
      double there = place == size ? 0 : left(place, nowNanos);
      if (random.nextDouble() * (there + valueBytes) >= valueBytes) {
        return;
      }
      size = Math.max(size, place + 1);
      hashes[place] = hash;
      keys[place] = TrackedKey.copyOf(hash, database, key, index, length);
      bytes[place] = 0;
      atNanos[place] = nowNanos;
    }
    bytes[place] = left(place, nowNanos) + valueBytes;
    atNanos[place] = nowNanos;
  }

  private int smallest(long nowNanos) {
    int smallest = 0;
    for (int i = 1; i < size; i++) {
      smallest = left(i, nowNanos) < left(smallest, nowNanos) ? i : smallest;
    }
    return smallest;
  }

  private double left(int place, long nowNanos) {
    double seconds = Math.max(0, nowNanos - atNanos[place]) / 1e9;
    return bytes[place] * Math.exp(-seconds / SECONDS);
  }

  int size() {
    return size;
  }

  @Nullable TrackedKey key(int place) {
    return keys[place];
  }

  double bytesPerSecond(int place, long nowNanos) {
    return left(place, nowNanos) / SECONDS;
  }
}
