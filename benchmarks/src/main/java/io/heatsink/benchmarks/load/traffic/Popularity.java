package io.heatsink.benchmarks.load.traffic;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which share of all commands reads each key, and which writes it. Immutable.
 *
 * @param reads by rank or in any other order
 * @param writes in the same order
 */
public record Popularity(double[] reads, double[] writes) {

  static final double MIX_EXPONENT = 0.99;
  private static final double PERCENT = 100;

  /** What a load sends; nothing where keys change, or what is asked is not cached. */
  public static Popularity of(Load load, int keys, @Nullable Trace trace) {
    KeySpace space = KeySpace.of(Math.max(1, load.valueBytes()), keys);
    return switch (load.traffic()) {
      case HOT -> readsOnly(new double[] {1});
      case UNIFORM -> readsOnly(zipf(space.count(), 0));
      case ZIPF -> readsOnly(zipf(space.count(), load.parameter()));
      case MIX -> mix(zipf(space.count(), MIX_EXPONENT), load.parameter() / PERCENT);
      case TRACE -> Objects.requireNonNull(trace).popularity();
      default -> new Popularity(new double[0], new double[0]);
    };
  }

  private static Popularity readsOnly(double[] shares) {
    return new Popularity(shares, new double[shares.length]);
  }

  private static Popularity mix(double[] shares, double readShare) {
    return new Popularity(scaled(shares, readShare), scaled(shares, 1 - readShare));
  }

  private static double[] scaled(double[] shares, double by) {
    return Arrays.stream(shares).map(share -> share * by).toArray();
  }

  /** The share of each of {@code n} ranks, the first the greatest; all alike at exponent 0. */
  static double[] zipf(int n, double exponent) {
    double[] shares = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      shares[i] = exponent == 0 ? 1 : Math.pow(i + 1.0, -exponent);
      sum += shares[i];
    }
    return scaled(shares, 1 / sum);
  }
}
