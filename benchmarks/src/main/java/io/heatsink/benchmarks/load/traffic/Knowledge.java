package io.heatsink.benchmarks.load.traffic;

import io.heatsink.config.ConfigException;
import io.heatsink.config.ConfigLoader;
import io.heatsink.config.HeatsinkConfig;
import java.util.Map;

/**
 * What a near cache would absorb that knew each key's rate, at Heatsink's default threshold and
 * TTL. Immutable.
 */
public final class Knowledge {

  /*
   * A kept key is read λ times and written μ times a second, independently. Its entry lives from a
   * fill until the first write or the TTL τ, whichever is first: V = (1 - e^(-μτ)) / μ on average,
   * τ without writes. Meanwhile λV reads are absorbed, and the one after them fills again.
   */

  private final HeatsinkConfig.Cache cache;

  /** With the default settings. */
  public Knowledge() {
    try {
      cache = ConfigLoader.load(null, Map.of(), Map.of()).config().cache();
    } catch (ConfigException e) {
      throw new IllegalStateException("the defaults are not valid", e);
    }
  }

  /** The part of the reads that it answers, at {@code perSecond} commands of all clients. */
  public double absorbed(Popularity popularity, int valueBytes, double perSecond) {
    double seconds = cache.ttl().toNanos() / 1e9;
    double all = 0;
    double absorbed = 0;
    for (int i = 0; i < popularity.reads().length; i++) {
      double reads = popularity.reads()[i] * perSecond;
      double writes = popularity.writes()[i] * perSecond;
      all += reads;
      if (reads >= cache.minRate()) {
        double lives = writes == 0 ? seconds : -Math.expm1(-writes * seconds) / writes;
        absorbed += reads * (reads * lives / (reads * lives + 1));
      }
    }
    if (all == 0) {
      return Double.NaN;
    }
    return valueBytes >= cache.maxItemBytes() ? 0 : absorbed / all;
  }
}
