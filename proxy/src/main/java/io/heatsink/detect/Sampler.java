package io.heatsink.detect;

import java.util.SplittableRandom;

/**
 * Picks one command in {@code period}, on average, at random. Confined to its event loop.
 *
 * <p>The gaps are geometric, so that each command is picked with the same probability and
 * independently of every other: no pipeline, however regular, can fall into step with the picks.
 */
final class Sampler {

  /*
   * A geometric variable is the whole part of an exponential one, scaled (Devroye, "Non-Uniform
   * Random Variate Generation", 1986, X.2). The exponential is drawn from a table of its quantiles
   * instead of through a logarithm.
   */

  private static final int INDEX_SHIFT = Long.SIZE - 12;
  private static final float[] EXPONENTIAL = exponentialQuantiles();

  private final SplittableRandom random;

  private int nextPeriod = 1;
  private int gapPeriod = 1;
  private float scale;

  private int weight = 1;
  private int left = 1;
  private long drawn = 1;

  Sampler(SplittableRandom random) {
    this.random = random;
  }

  /** Counts a command; true when it is picked. */
  boolean pick() {
    if (--left > 0) {
      return false;
    }
    draw();
    return true;
  }

  /** How many commands the last picked one stands for. */
  int weight() {
    return weight;
  }

  /** Commands counted, picked or not. */
  long seen() {
    return drawn - left;
  }

  /** From the next pick on, one in {@code period}; the gap that is under way stays as it is. */
  void setPeriod(int period) {
    nextPeriod = period;
  }

  private void draw() {
    weight = gapPeriod;
    if (gapPeriod != nextPeriod) {
      gapPeriod = nextPeriod;
      scale = gapPeriod == 1 ? 0 : (float) (-1 / Math.log1p(-1.0 / gapPeriod));
    }
    left = gapPeriod == 1 ? 1 : geometric();
    drawn += left;
  }

  private int geometric() {
    return 1 + (int) (EXPONENTIAL[(int) (random.nextLong() >>> INDEX_SHIFT)] * scale);
  }

  private static float[] exponentialQuantiles() {
    float[] quantiles = new float[1 << (Long.SIZE - INDEX_SHIFT)];
    for (int i = 0; i < quantiles.length; i++) {
      quantiles[i] = (float) -Math.log((i + 0.5) / quantiles.length);
    }
    return quantiles;
  }
}
