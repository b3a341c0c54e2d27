package io.heatsink.benchmarks.demo;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What the clients ask: calm traffic at a quarter of the rate, its keys distributed by Zipf's law;
 * then the crowd at the full rate, four of five commands on one post. The same seed asks the same.
 * Confined to one thread.
 */
final class FlashCrowd {

  static final int POSTS = 10_000;

  /** The post that everybody looks at; nobody's favourite while it is calm. */
  static final String HOT_POST = "post:4242";

  static final String HOT_LIKES = HOT_POST + ":likes";

  /** The part of the run before the crowd comes. */
  static final double CALM = 0.25;

  private static final double ZIPF_EXPONENT = 0.99;
  private static final double CALM_LIKES = 0.05;
  private static final double CROWD_READS = 0.70;
  private static final double CROWD_LIKES = 0.10;

  private final SplittableRandom random;
  private final double calmUntil;
  private final double[] zipf = new double[POSTS];

  /**
   * A crowd that comes.
   *
   * @param calmUntil the part of the run before it comes, 0 to 1; from 1 on it never does
   */
  FlashCrowd(long seed, double calmUntil) {
    random = new SplittableRandom(seed);
    this.calmUntil = calmUntil;
    double sum = 0;
    for (int i = 0; i < POSTS; i++) {
      sum += 1 / Math.pow(i + 1, ZIPF_EXPONENT);
      zipf[i] = sum;
    }
    for (int i = 0; i < POSTS; i++) {
      zipf[i] /= sum;
    }
  }

  /** One command. */
  record Ask(boolean like, String key) {}

  /** The next command, {@code progress} (0 to 1) into the run. */
  Ask next(double progress) {
    double u = random.nextDouble();
    if (isCalm(progress)) {
      return u < CALM_LIKES ? new Ask(true, anyPost() + ":likes") : new Ask(false, anyPost());
    }
    if (u < CROWD_READS) {
      return new Ask(false, HOT_POST);
    }
    if (u < CROWD_READS + CROWD_LIKES) {
      return new Ask(true, HOT_LIKES);
    }
    return new Ask(false, anyPost());
  }

  /** Commands a second, of the full rate. */
  double rateAt(double progress, double fullRate) {
    return isCalm(progress) ? fullRate / 4 : fullRate;
  }

  boolean isCalm(double progress) {
    return progress < calmUntil;
  }

  static String post(int index) {
    return String.format(Locale.ROOT, "post:%04d", index);
  }

  private String anyPost() {
    int rank = Arrays.binarySearch(zipf, random.nextDouble());
    return post(Math.min(POSTS - 1, rank < 0 ? -rank - 1 : rank));
  }
}
