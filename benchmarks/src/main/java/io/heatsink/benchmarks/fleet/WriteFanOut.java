package io.heatsink.benchmarks.fleet;

import java.util.SplittableRandom;

/**
 * A celebrity key that is also written, with every write invalidating it at every sidecar that has
 * it. Each sidecar then asks once, however many of its clients wait. Immutable.
 *
 * @param sidecars that are asked for the key
 * @param readsPerSecond of one sidecar
 * @param ttlSeconds how long an entry lives if nothing is written
 * @param writesPerSecond of the whole fleet
 */
record WriteFanOut(int sidecars, double readsPerSecond, double ttlSeconds, double writesPerSecond) {

  /** Backend reads a second; each cycle of a sidecar is a wait for a read and the entry's life. */
  double fillsPerSecond() {
    return sidecars / (1 / readsPerSecond + meanLife());
  }

  double fillsPerWrite() {
    return fillsPerSecond() / writesPerSecond;
  }

  /** Invalidations that one write sends: sidecars that have the key when it comes. */
  double invalidationsPerWrite() {
    return sidecars * meanLife() / (1 / readsPerSecond + meanLife());
  }

  /** Part of the reads that no node sees. */
  double absorbed() {
    return 1 - fillsPerSecond() / (sidecars * readsPerSecond);
  }

  /** The lesser of the TTL and the exponential time to the next write, on average. */
  private double meanLife() {
    return (1 - StrictMath.exp(-writesPerSecond * ttlSeconds)) / writesPerSecond;
  }

  /** The same as {@link #fillsPerSecond}, by playing so many seconds event by event. */
  double simulatedFillsPerSecond(double seconds, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int writes = (int) (seconds * writesPerSecond);
    double[] writtenAt = new double[writes + 1];
    double at = 0;
    for (int i = 0; i < writes; i++) {
      at += exponential(random, writesPerSecond);
      writtenAt[i] = at;
    }
    writtenAt[writes] = Double.MAX_VALUE;
    double end = writes == 0 ? seconds : at;
    long fills = 0;
    for (int sidecar = 0; sidecar < sidecars; sidecar++) {
      double now = exponential(random, readsPerSecond);
      int next = 0;
      while (now < end) {
        fills++;
        while (writtenAt[next] <= now) {
          next++;
        }
        double gone = Math.min(now + ttlSeconds, writtenAt[next]);
        now = gone + exponential(random, readsPerSecond);
      }
    }
    return fills / end;
  }

  private static double exponential(SplittableRandom random, double rate) {
    return -StrictMath.log(1 - random.nextDouble()) / rate;
  }
}
