package io.heatsink.benchmarks.fleet;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Reads that reach each node a second, with near caches and without. Immutable.
 *
 * @param without reads a second of each node, the busiest first
 * @param with the same, when each sidecar answers the keys that it keeps
 * @param keptKeys keys whose answers a sidecar keeps
 * @param absorbed reads a second that no node sees
 */
record NodeLoads(double[] without, double[] with, int keptKeys, double absorbed) {

  /** Places the keys at random and adds up what each node gets. */
  static NodeLoads of(Fleet fleet) {
    SplittableRandom random = new SplittableRandom(fleet.seed());
    double[] without = new double[fleet.nodes()];
    double[] with = new double[fleet.nodes()];
    int kept = 0;
    double[] rates = fleet.ratesOfKeys();
    for (int key = -1; key < rates.length; key++) {
      double rate = key < 0 ? fleet.celebrityPerSidecar() : rates[key];
      int node = random.nextInt(fleet.nodes());
      without[node] += rate * fleet.sidecars();
      double asked = rate;
      if (Fleet.isKept(rate)) {
        kept++;
        asked = Fleet.fillsPerSecond(rate, fleet.ttlSeconds());
      }
      with[node] += asked * fleet.sidecars();
    }
    double absorbed = Arrays.stream(without).sum() - Arrays.stream(with).sum();
    return new NodeLoads(descending(without), descending(with), kept, absorbed);
  }

  private static double[] descending(double[] loads) {
    double[] sorted = loads.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length / 2; i++) {
      double low = sorted[i];
      sorted[i] = sorted[sorted.length - 1 - i];
      sorted[sorted.length - 1 - i] = low;
    }
    return sorted;
  }

  /** How much more than the average the busiest node has. */
  static double imbalance(double[] loads) {
    return Arrays.stream(loads).max().orElse(0) / Arrays.stream(loads).average().orElse(1);
  }
}
