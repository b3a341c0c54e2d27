package io.heatsink.route;

import io.heatsink.cache.CacheReader;
import io.heatsink.cache.Entry;
import io.heatsink.command.Client;
import io.heatsink.command.LaneClock;
import io.heatsink.command.Upstream;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Request;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has old answers stand in for a backend that cannot be reached, where the rule of their key is
 * stale-if-error, and tells of it. Confined to its event loop.
 */
final class StandIns {

  /*
   * What may stand in is for the entry to say: it was asked for no longer than max-stale ago, and
   * its key has not expired by what Redis said. No write need be looked for here: who begins one
   * drops the entry, also if the write then fails, and nothing is kept that was read before it.
   */

  private static final Logger LOG = LoggerFactory.getLogger(StandIns.class);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final LaneClock clock;
  private final LaneStats stats;

  /** The connection that answers stood in for last; null since it is there again. */
  private @Nullable Upstream down;

  private long count;
  private boolean isTold;
  private long quietUntilNanos;

  StandIns(LaneClock clock, LaneStats stats) {
    this.clock = clock;
    this.stats = stats;
    this.quietUntilNanos = clock.nowNanos();
  }

  /** Answers a read that nothing live answers, of a client whose connection is down, if it may. */
  boolean answer(Client client, Request request, long hash, CacheReader reader, boolean isGet) {
    long now = clock.nowNanos();
    Entry entry =
        isGet
            ? reader.findStandIn(hash, request, 1, client, now)
            : reader.findStandIn(request, client, now);
    if (entry == null) {
      return false;
    }
    stats.hits++;
    answered(client);
    entry.answer(client);
    return true;
  }

  /** This client's read has been answered so. */
  void answered(Client client) {
    stats.staleServed++;
    count++;
    down = client.upstream();
    if (!isTold && clock.nowNanos() - quietUntilNanos >= 0) {
      isTold = true;
      LOG.warn(
          "{} cannot be reached: answers up to max-stale old are served (stale-if-error)", down);
    }
  }

  /** Looks whether it is over; called every second or so. */
  void sweep() {
    Upstream last = down;
    if (last == null || last.isDown()) {
      return;
    }
    down = null;
    if (isTold) {
      isTold = false;
      quietUntilNanos = clock.nowNanos() + QUIET_NANOS;
      LOG.info("old answers no longer stand in for {}; {} reads got one", last, count);
      count = 0;
    }
  }
}
