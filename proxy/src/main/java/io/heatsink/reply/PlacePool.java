package io.heatsink.reply;

import io.heatsink.command.LaneClock;
import io.heatsink.metrics.LaneStats;
import java.util.ArrayDeque;

/** Places for reuse, so that a command in steady state allocates none. Confined to its loop. */
final class PlacePool {

  private static final int MAX_FREE = 16 * 1024;

  private final LaneClock clock;
  private final LaneStats stats;
  private final ArrayDeque<ClientPlace> free = new ArrayDeque<>();

  PlacePool(LaneClock clock, LaneStats stats) {
    this.clock = clock;
    this.stats = stats;
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
