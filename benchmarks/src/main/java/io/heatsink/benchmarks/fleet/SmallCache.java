package io.heatsink.benchmarks.fleet;

import java.util.SplittableRandom;

/**
 * How many of the most popular keys have to be cached before the nodes are balanced: "Small Cache,
 * Big Effect" (Fan, Lim, Andersen, Kaminsky; SoCC 2011). Its answer is O(n log n) for n nodes,
 * whatever the number of keys and however clients choose them.
 *
 * <p>Loads are those of the busiest node in shares of an even one: at 1 it has what it would have
 * if all reads were spread evenly and none were cached.
 */
final class SmallCache {

  private static final int PLACEMENTS = 20;

  /** Keys that an adversary asks for, as multiples of what is cached; 0 stands for one key more. */
  private static final double[] SPREADS = {0, 1.1, 1.25, 1.5, 2, 3, 5, 10, 30, 100};

  private final int nodes;
  private final long seed;

  SmallCache(int nodes, long seed) {
    this.nodes = nodes;
    this.seed = seed;
  }

  /** The size that the paper's bound is about, its constant 1: n ln n. */
  static double knee(int nodes) {
    return nodes * StrictMath.log(nodes);
  }

  /**
   * What the law of balls in bins says of {@link #byAdversary}. With x keys asked for and c cached,
   * the busiest of n nodes has (1 - c/x) (1 + sqrt(2 n ln n / (x - c))) even shares, or n/x for one
   * key more than c; the adversary takes the x for which the greater is greatest.
   */
  static double formula(int nodes, int cached) {
    double one = (double) nodes / (cached + 1);
    double a = cached / knee(nodes);
    if (a == 0) {
      return one;
    }
    // With u = (x - c) / (n ln n) and s = sqrt(2 u) the derivative is zero at s^2 - 2 a s - 2 a =
    // 0.
    double s = a + Math.sqrt(a * a + 2 * a);
    return Math.max(one, (s * s / 2 + s) / (s * s / 2 + a));
  }

  /**
   * The mean over placements, when keys are read with these rates and the first are cached.
   *
   * @param sizes numbers of cached keys, ascending
   */
  double[] byRates(double[] rates, int[] sizes) {
    double[] sums = new double[sizes.length];
    double total = 0;
    for (double rate : rates) {
      total += rate;
    }
    int[] nodeOf = new int[rates.length];
    for (int placement = 0; placement < PLACEMENTS; placement++) {
      SplittableRandom random = new SplittableRandom(seed + placement);
      for (int key = 0; key < rates.length; key++) {
        nodeOf[key] = random.nextInt(nodes);
      }
      double[] loads = new double[nodes];
      int from = rates.length;
      // From the largest cache down: what a smaller one does not hold comes on top.
      for (int i = sizes.length - 1; i >= 0; i--) {
        for (int key = from - 1; key >= sizes[i]; key--) {
          loads[nodeOf[key]] += rates[key];
        }
        from = Math.min(from, sizes[i]);
        sums[i] += max(loads) / (total / nodes) / PLACEMENTS;
      }
    }
    return sums;
  }

  /** The mean over placements for clients that choose, knowing the size, what hurts most. */
  double byAdversary(int cached) {
    double worst = 0;
    for (double spread : SPREADS) {
      worst = Math.max(worst, evenly(cached, Math.max(cached + 1, (int) (cached * spread))));
    }
    return worst;
  }

  /** The mean over placements, when {@code asked} keys are read equally and some are cached. */
  double evenly(int cached, int asked) {
    double sum = 0;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
      SplittableRandom random = new SplittableRandom(seed + placement);
      double[] loads = new double[nodes];
      for (int key = cached; key < asked; key++) {
        loads[random.nextInt(nodes)]++;
      }
      sum += max(loads) / ((double) asked / nodes);
    }
    return sum / PLACEMENTS;
  }

  private static double max(double[] loads) {
    double max = 0;
    for (double load : loads) {
      max = Math.max(max, load);
    }
    return max;
  }
}
