package io.heatsink.benchmarks.fleet;

import java.util.SplittableRandom;

/**
 * Fills of one key that every sidecar asked for at almost the same moment, and asks for again
 * whenever its entry has run out: do they stay a herd? Immutable.
 *
 * @param sidecars that keep the key
 * @param firstWithinSeconds over what time their first fills are spread, evenly
 * @param ttlSeconds the middle of the time to live
 * @param jitter fraction by which each time to live varies evenly
 * @param waitSeconds mean time from the end of an entry to the next read, exponential
 */
record Herd(
    int sidecars, double firstWithinSeconds, double ttlSeconds, double jitter, double waitSeconds) {

  /** Fills in each slot of time. */
  int[] fills(double slotSeconds, double lastSeconds, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] fills = new int[(int) Math.ceil(lastSeconds / slotSeconds)];
    for (int sidecar = 0; sidecar < sidecars; sidecar++) {
      double at = random.nextDouble() * firstWithinSeconds;
      while (at < lastSeconds) {
        fills[(int) (at / slotSeconds)]++;
        double ttl = ttlSeconds * (1 + jitter * (2 * random.nextDouble() - 1));
        at += ttl - waitSeconds * StrictMath.log(1 - random.nextDouble());
      }
    }
    return fills;
  }

  /** The most fills in one slot around the {@code cycle}th renewal; 0 is the first fill. */
  int peak(int[] fills, double slotSeconds, int cycle) {
    double middle = cycle * (ttlSeconds + waitSeconds) + firstWithinSeconds / 2;
    int from = (int) Math.max(0, (middle - ttlSeconds / 2) / slotSeconds);
    int to = (int) Math.min(fills.length, (middle + ttlSeconds / 2) / slotSeconds);
    int peak = 0;
    for (int slot = from; slot < to; slot++) {
      peak = Math.max(peak, fills[slot]);
    }
    return peak;
  }

  /**
   * The mean of the busiest slot by the central limit theorem: after m cycles the fills lie about
   * normally around m TTLs, their variance m times that of one TTL. For jitter and m of at least 2.
   */
  double expectedPeak(double slotSeconds, int cycle) {
    double half = jitter * ttlSeconds;
    double variance =
        cycle * (half * half / 3 + waitSeconds * waitSeconds)
            + firstWithinSeconds * firstWithinSeconds / 12;
    double peak = sidecars * slotSeconds / Math.sqrt(2 * Math.PI * variance);
    // It cannot sink below what fills have when they no longer meet at all.
    return Math.max(peak, sidecars * slotSeconds / (ttlSeconds + waitSeconds));
  }
}
