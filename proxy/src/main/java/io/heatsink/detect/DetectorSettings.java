package io.heatsink.detect;

import java.time.Duration;

/**
 * What counts as hot. Reads and writes of a key are judged apart, each against the same limits.
 *
 * @param hotRate commands a second on one key from which it is hot, above 0
 * @param hotShare share of all lanes' commands from which a key is hot, above 0, at most 1
 * @param minRate commands a second on one key below which its share does not make it hot, from 0
 * @param sampling 1 command in so many is counted, 1 to 1024; 0 adapts to the traffic
 * @param cooldown how long a key stays hot after its last hot reading, above 0
 * @param hotBytes bytes a second of one key's large values from which it is hot, whatever its rate;
 *     0 for none
 */
public record DetectorSettings(
    double hotRate,
    double hotShare,
    double minRate,
    int sampling,
    Duration cooldown,
    double hotBytes) {

  /** Where no key is hot by its bytes. */
  public DetectorSettings(
      double hotRate, double hotShare, double minRate, int sampling, Duration cooldown) {
    this(hotRate, hotShare, minRate, sampling, cooldown, 0);
  }

  /** The longest fixed sampling period. */
  public static final int MAX_SAMPLING = 1024;

  /** Fewer commands a second than this are noise, whatever the settings say. */
  private static final double NOISE_PER_SECOND = 8;

  public DetectorSettings {
    if (!(hotRate > 0)) {
      throw new IllegalArgumentException("hotRate " + hotRate + " (allowed: above 0)");
    }
    if (!(hotShare > 0 && hotShare <= 1)) {
      throw new IllegalArgumentException("hotShare " + hotShare + " (allowed: above 0, to 1)");
    }
    if (!(minRate >= 0)) {
      throw new IllegalArgumentException("minRate " + minRate + " (allowed: 0 or more)");
    }
    if (sampling < 0 || sampling > MAX_SAMPLING) {
      throw new IllegalArgumentException("sampling " + sampling + " (allowed: 0 to 1024)");
    }
    if (!(hotBytes >= 0)) {
      throw new IllegalArgumentException("hotBytes " + hotBytes + " (allowed: 0 or more)");
    }
    if (cooldown.isZero() || cooldown.isNegative()) {
      throw new IllegalArgumentException("cooldown " + cooldown + " (allowed: above 0)");
    }
  }

  /**
   * How many reads (or writes) of one key make it hot, where {@code total} commands were seen in
   * {@code seconds}.
   */
  double hotCount(double seconds, double total) {
    double byShare = Math.max(minRate * seconds, hotShare * total);
    return Math.max(NOISE_PER_SECOND * seconds, Math.min(hotRate * seconds, byShare));
  }
}
