package io.heatsink.console;

import io.heatsink.detect.HotKey;
import io.heatsink.metrics.LaneStats;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What was there at one moment, and what had come since the one before. Immutable.
 *
 * @param nanos when, as {@link System#nanoTime} says it
 * @param keys the hot keys, hottest first
 * @param point what had come
 * @param bytes a second, to and from clients, averaged as those of hot keys are
 */
record Moment(
    long nanos,
    LaneView lanes,
    List<HotKey> keys,
    Limits limits,
    Observed.Backend backend,
    Point point,
    long bytes) {

  /**
   * What came in a second: all but the first are by second, latencies in microseconds.
   *
   * @param atMillis milliseconds since 1970
   */
  record Point(
      long atMillis,
      double commands,
      double reads,
      double hits,
      double coalesced,
      double backend,
      double errors,
      long p50,
      long p99,
      long p999) {

    static final Point NONE = new Point(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** What came between two readings. */
    static Point of(LaneStats from, LaneStats to, long nanos) {
      double seconds = Math.max(nanos, 1) / 1e9;
      Histogram latency = to.latencyMicros().copy();
      latency.subtract(from.latencyMicros());
      return new Point(
          System.currentTimeMillis(),
          (to.commands - from.commands) / seconds,
          (to.reads - from.reads) / seconds,
          (to.hits - from.hits) / seconds,
          (to.coalesced - from.coalesced) / seconds,
          (to.backendCommands - from.backendCommands) / seconds,
          (to.backendErrors - from.backendErrors) / seconds,
          latency.getValueAtPercentile(50),
          latency.getValueAtPercentile(99),
          latency.getValueAtPercentile(99.9));
    }

    /** Of the clients' commands, the part that the backend was spared; none below 0. */
    double saved() {
      return commands <= 0 ? 0 : Math.max(0, 1 - backend / commands);
    }

    /** Of the reads of one key, the part that was answered from memory. */
    double hitRatio() {
      return reads <= 0 ? 0 : Math.min(1, hits / reads);
    }
  }
}
