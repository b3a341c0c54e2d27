package io.heatsink.cache;

/**
 * Finds the keys that are read often enough for their answers to be worth keeping. Confined to its
 * event loop.
 */
public final class Doorkeeper {

  /*
   * The near cache's doorkeeper (Einziger, Friedman, Manes, "TinyLFU", ACM TOS 13(4), 2017), with a
   * clock: a key passes at its PASSING-th sampled read within one window. One read in SAMPLING is
   * sampled, so a key has to be read some PASSING x SAMPLING times a window, and most reads of cold
   * keys cost a multiplication. Unlike the detector, which estimates the rates of the hottest keys,
   * this has room for tens of thousands of keys that are merely warm.
   *
   * A slot holds a key's tag, when its window began, and how often it was seen since. A set of
   * slots is one cache line; a new key takes the place of the one whose window began first. Under a
   * flood of keys windows are cut short, which keeps out keys of the same rate: room is scarce.
   */

  private static final int SETS = 8_192;
  private static final int WAYS = 8;
  private static final int PASSING = 3;
  private static final int SAMPLING = 16;

  private static final int COUNT_BITS = 8;
  private static final int TICK_BITS = 24;
  private static final int TICK_SHIFT = 22;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
  private static final long TICK_MASK = (1L << TICK_BITS) - 1;
  private static final long TAG_MASK = -1L << (COUNT_BITS + TICK_BITS);
  private static final long MULTIPLIER = 6364136223846793005L;
  private static final long INCREMENT = 1442695040888963407L;

  private final long[] slots = new long[SETS * WAYS];
  private long windowTicks;
  private long random;

  /** Lets pass what is read about so often, 1 a second or more. */
  public Doorkeeper(double readsPerSecond, long seed) {
    random = seed;
    admit(readsPerSecond);
  }

  /** From now on lets pass what is read about so often, 1 a second or more. */
  public void admit(double readsPerSecond) {
    double seconds = PASSING * SAMPLING / readsPerSecond;
    windowTicks = Math.min(TICK_MASK / 2, Math.max(1, (long) (seconds * 1e9) >>> TICK_SHIFT));
  }

  /** Notes one read of a key; whether its answer should be kept. */
  public boolean admits(long hash, long nowNanos) {
    return random(SAMPLING) == 0 && admitsSampled(hash, nowNanos);
  }

  /** A number below {@code bound}, which is a power of two. */
  int random(int bound) {
    random = random * MULTIPLIER + INCREMENT;
    return (int) (random >>> 32) & (bound - 1);
  }

  /** Notes one read of a key of which each counts as a sampled one. */
  boolean admitsSampled(long hash, long nowNanos) {
    return isFrequent(hash, (nowNanos >>> TICK_SHIFT) & TICK_MASK);
  }

  private boolean isFrequent(long hash, long tick) {
    int first = (int) hash & (SETS - 1) << 3;
    long tag = hash & TAG_MASK;
    int oldest = first;
    long oldestAge = -1;
    for (int i = first; i < first + WAYS; i++) {
      long slot = slots[i];
      long age = (tick - (slot >>> COUNT_BITS)) & TICK_MASK;
      if ((slot & TAG_MASK) == tag) {
        return count(i, slot, age, tick);
      }
      if (age > oldestAge) {
        oldest = i;
        oldestAge = age;
      }
    }
    slots[oldest] = tag | tick << COUNT_BITS | 1;
    return false;
  }

  private boolean count(int i, long slot, long age, long tick) {
    long count = (slot & COUNT_MASK) + 1;
    if (age > windowTicks) {
      slots[i] = (slot & TAG_MASK) | tick << COUNT_BITS | 1;
      return false;
    }
    if (count < PASSING) {
      slots[i] = slot + 1;
      return false;
    }
    return true;
  }
}
