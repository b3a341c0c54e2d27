package io.heatsink.console;

import io.heatsink.console.Moment.Point;
import io.heatsink.detect.HotKey;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks once a second, and remembers the last minutes. Confined to the admin server's thread. */
final class History {

  /** Five minutes. */
  static final int MAX_POINTS = 300;

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
        new Moment(now, lanes, keys, observed.limits().get(), observed.backend().get(), point);
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
