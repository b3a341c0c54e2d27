package io.heatsink.cache;

import io.heatsink.command.Client;
import io.heatsink.command.LaneClock;
import io.heatsink.flight.Capture;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Request;
import org.jspecify.annotations.Nullable;

/** Keeps the replies of hot reads that travel upstream. Confined to its event loop. */
public final class Filler implements Capture.Source {

  private final NearCache cache;
  private final WriteGuard guard;
  private final LaneClock clock;
  private final LaneStats stats;

  public Filler(NearCache cache, WriteGuard guard, LaneClock clock, LaneStats stats) {
    this.cache = cache;
    this.guard = guard;
    this.clock = clock;
    this.stats = stats;
  }

  /** Keeps the reply of a GET; {@code hash} is its key's, database included. */
  @Override
  public @Nullable Capture of(Client client, Request request, long hash) {
    return new Fill(this, client, request.bytes(1), hash);
  }

  NearCache cache() {
    return cache;
  }

  WriteGuard guard() {
    return guard;
  }

  LaneClock clock() {
    return clock;
  }

  LaneStats stats() {
    return stats;
  }
}
