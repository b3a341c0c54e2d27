package io.heatsink.console;

import io.heatsink.console.Moment.Point;
import io.heatsink.detect.HotKey;
import io.heatsink.metrics.LaneStats;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks once a second, and remembers the last minutes. Confined to the admin server's thread. */
final class History {

  /** Five minutes. */
  static final int MAX_POINTS = 300;

  private static final double BYTES_SECONDS = 2;

  private final Observed observed;
  private final Watch watch;
  private final ArrayDeque<Point> points = new ArrayDeque<>();
  private @Nullable Moment latest;

  History(Observed observed) {
    this.observed = observed;
    this.watch = new Watch(observed.events());
  }

  /** Looks once. */
  Moment look() {
    long now = System.nanoTime();
    observed.period().tick(now);
    List<HotKey> keys = observed.hotKeys().current().keys();
    LaneView lanes = observed.lanes().apply(keys);
    Moment before = latest;
    Point point =
        before == null
            ? Point.NONE
            : Point.of(before.lanes().stats(), lanes.stats(), now - before.nanos());
    Moment moment =
        new Moment(
            now,
            lanes,
            keys,
            observed.limits().get(),
            observed.backend().get(),
            point,
            bytes(before, lanes.stats(), now));
    latest = moment;
    if (before != null) {
      points.addLast(point);
      if (points.size() > MAX_POINTS) {
        points.removeFirst();
      }
    }
    watch.look(before, moment, observed.tracking());
    return moment;
  }

  private static long bytes(@Nullable Moment before, LaneStats stats, long now) {
    if (before == null) {
      return 0;
    }
    double seconds = Math.max(1, now - before.nanos()) / 1e9;
    double rate = (clientBytes(stats) - clientBytes(before.lanes().stats())) / seconds;
    double old = Math.exp(-seconds / BYTES_SECONDS);
    return Math.round(before.bytes() == 0 ? rate : rate * (1 - old) + before.bytes() * old);
  }

  private static long clientBytes(LaneStats stats) {
    return stats.clientBytesIn + stats.clientBytesOut;
  }

  /** What was seen last. */
  Moment latest() {
    Moment seen = latest;
    return seen == null ? look() : seen;
  }

  /** The points that are later than this, the oldest first. */
  List<Point> since(long millis) {
    return points.stream().filter(point -> point.atMillis() > millis).toList();
  }
}
