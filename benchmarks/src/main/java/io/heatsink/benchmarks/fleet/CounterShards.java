package io.heatsink.benchmarks.fleet;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * One counter that the whole fleet increments, over N keys that lie where their hashes put them.
 * Immutable.
 *
 * @param sidecars that increment it
 * @param incrementsPerSecond of one sidecar
 * @param roundTripSeconds from a sidecar to a node and back
 * @param nodes masters
 */
record CounterShards(int sidecars, double incrementsPerSecond, double roundTripSeconds, int nodes) {

  private static final int PLACEMENTS = 2_000;

  /**
   * INCRBYs a second of one sidecar when increments that come while one is on its way travel with
   * the next: a round trip, and the wait for an increment if none came meanwhile.
   */
  double combinedPerSidecar() {
    double noneMeanwhile = StrictMath.exp(-incrementsPerSecond * roundTripSeconds);
    return 1 / (roundTripSeconds + noneMeanwhile / incrementsPerSecond);
  }

  /** Shards on the node that has most of them: the median over placements. */
  double busiestNodesShards(int shards, long seed) {
    return quantile(shards, seed, 0.5);
  }

  /** The same in the unluckiest placement of a hundred. */
  double unluckyNodesShards(int shards, long seed) {
    return quantile(shards, seed, 0.99);
  }

  /** Commands a second on the busiest node when each batch adds to a shard chosen at random. */
  double busiestNode(int shards, double perSidecar, long seed) {
    return sidecars * perSidecar * busiestNodesShards(shards, seed) / shards;
  }

  /** The same when each batch also reads every shard, for the exact total as its reply. */
  double busiestNodeWithTotals(int shards, double perSidecar, long seed) {
    double reads = shards == 1 ? 0 : sidecars * perSidecar * busiestNodesShards(shards, seed);
    return busiestNode(shards, perSidecar, seed) + reads;
  }

  private double quantile(int shards, long seed, double quantile) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] most = new int[PLACEMENTS];
    for (int placement = 0; placement < PLACEMENTS; placement++) {
      int[] on = new int[nodes];
      for (int shard = 0; shard < shards; shard++) {
        int node = random.nextInt(nodes);
        most[placement] = Math.max(most[placement], ++on[node]);
      }
    }
    Arrays.sort(most);
    return most[(int) Math.min(PLACEMENTS - 1.0, quantile * PLACEMENTS)];
  }
}
