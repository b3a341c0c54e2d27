package io.heatsink.reply;

import io.heatsink.command.LaneClock;
import io.heatsink.journal.SlowLog;
import io.heatsink.metrics.LaneStats;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Places for reuse, so that a command in steady state allocates none. Confined to its loop. */
final class PlacePool {

  private static final int MAX_FREE = 16 * 1024;

  private final LaneClock clock;
  private final LaneStats stats;
  private final SlowLog slow;
  private final ArrayDeque<ClientPlace> free = new ArrayDeque<>();

  PlacePool(LaneClock clock, LaneStats stats, SlowLog slow) {
    this.clock = clock;
    this.stats = stats;
    this.slow = slow;
  }

  /** Where to note what a slow request was; null where none is slow. */
  @Nullable Trail newTrail() {
    return slow.isOn() ? new Trail(clock) : null;
  }

  /** Has a request noted that is answered, if that took long. */
  void ends(ClientPlace place, Trail trail, ReplyQueue queue) {
    // Who only waits for its turn behind a slow one is not the one to look for.
    if (trail.repliedNanos() - place.startNanos() >= slow.thresholdNanos()) {
      trail.ends(slow, place.startNanos(), queue.client());
    }
  }

  ClientPlace take(ReplyQueue queue, int batch, boolean isSilent) {
    ClientPlace place = free.pollLast();
    if (place == null) {
      place = new ClientPlace(this);
    }
    place.prepare(queue, batch, isSilent, clock.nowNanos());
    return place;
  }

  void put(ClientPlace place) {
    stats.recordLatency(clock.nowNanos() - place.startNanos(), 1);
    if (free.size() < MAX_FREE) {
      free.addLast(place);
    }
  }
}
