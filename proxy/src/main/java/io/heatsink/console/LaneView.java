package io.heatsink.console;

import io.heatsink.detect.Sampled;
import io.heatsink.metrics.LaneStats;
import java.util.HashMap;
import java.util.Map;

/**
 * What lanes have counted, at one moment; not changed afterwards.
 *
 * @param counts of hot keys by hash
 * @param underWay commands that wait for the backend on shared connections
 */
public record LaneView(LaneStats stats, Map<Long, Sampled.Counts> counts, long underWay) {

  /** Both lanes together. */
  public LaneView plus(LaneView other) {
    LaneStats sum = stats.copy();
    sum.add(other.stats);
    Map<Long, Sampled.Counts> all = new HashMap<>(counts);
    other.counts.forEach((hash, more) -> all.merge(hash, more, Sampled.Counts::plus));
    return new LaneView(sum, all, underWay + other.underWay);
  }
}
