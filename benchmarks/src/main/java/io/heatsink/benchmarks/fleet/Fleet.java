package io.heatsink.benchmarks.fleet;

/**
 * What all simulations have in common. Immutable.
 *
 * @param sidecars each with clients of its own
 * @param nodes masters, over which keys are spread by their hash
 * @param keys that are asked for at all, celebrities apart
 * @param zipf exponent of their popularity
 * @param readsPerSecond of one sidecar
 * @param celebrityShare part of the reads that asks for the one celebrity key, 0 to 1
 * @param ttlSeconds how long a sidecar keeps an answer, before the jitter
 * @param seed of every random draw
 */
record Fleet(
    int sidecars,
    int nodes,
    int keys,
    double zipf,
    double readsPerSecond,
    double celebrityShare,
    double ttlSeconds,
    long seed) {

  /** The default of {@code cache.min-rate}. */
  static final double KEPT_RATE = 10;

  /** The question of the issue: a thousand sidecars, a hundred nodes, the shipped settings. */
  static Fleet ofThousand(long seed) {
    return new Fleet(1_000, 100, 1_000_000, 0.99, 2_000, 0.3, 60, seed);
  }

  double totalReadsPerSecond() {
    return sidecars * readsPerSecond;
  }

  /** Reads of the celebrity key at one sidecar. */
  double celebrityPerSidecar() {
    return readsPerSecond * celebrityShare;
  }

  /** Whether one sidecar keeps the answers of a key that it is asked for at this rate. */
  static boolean isKept(double perSecond) {
    return perSecond >= KEPT_RATE;
  }

  /**
   * Fills a second of a key that one sidecar keeps for {@code keptSeconds} after each fill and is
   * asked for at random at this rate: each cycle is the time kept and the wait for the next read.
   */
  static double fillsPerSecond(double perSecond, double keptSeconds) {
    return perSecond == 0 ? 0 : 1 / (keptSeconds + 1 / perSecond);
  }

  /** Rates of the keys at one sidecar, the most popular first; they add up to the whole rate. */
  double[] ratesOfKeys() {
    double[] rates = new double[keys];
    double sum = 0;
    for (int i = 0; i < keys; i++) {
      rates[i] = StrictMath.pow(i + 1, -zipf);
      sum += rates[i];
    }
    double whole = readsPerSecond * (1 - celebrityShare);
    for (int i = 0; i < keys; i++) {
      rates[i] *= whole / sum;
    }
    return rates;
  }
}
