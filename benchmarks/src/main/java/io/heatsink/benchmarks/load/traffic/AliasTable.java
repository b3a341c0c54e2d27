package io.heatsink.benchmarks.load.traffic;

import java.util.SplittableRandom;

/**
 * Draws from any discrete distribution in constant time. Immutable.
 *
 * @see <a href="https://www.keithschwarz.com/darts-dice-coins/">Vose's alias method</a>
 */
final class AliasTable {

  private final double[] own;
  private final int[] alias;

  /** One outcome for each weight, in proportion to it. */
  AliasTable(double[] weights) {
    int n = weights.length;
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    own = new double[n];
    alias = new int[n];
    int[] order = new int[n];
    int small = 0;
    int large = n;
    for (int i = 0; i < n; i++) {
      own[i] = weights[i] * n / sum;
      alias[i] = i;
      order[own[i] < 1 ? small++ : --large] = i;
    }
    // Small ones lie before the boundary, large ones after it; a large one that has given enough
    // becomes small where it lies, for the boundary passes it.
    int poor = 0;
    int rich = large;
    while (poor < rich && rich < n) {
      int from = order[rich];
      int to = order[poor++];
      alias[to] = from;
      own[from] -= 1 - own[to];
      if (own[from] < 1) {
        rich++;
      }
    }
  }

  int draw(SplittableRandom random) {
    int i = random.nextInt(own.length);
    return random.nextDouble() < own[i] ? i : alias[i];
  }
}
