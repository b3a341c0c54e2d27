package io.heatsink.cache;

import io.heatsink.command.Client;
import io.heatsink.command.LaneClock;
import io.heatsink.flight.Capture;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Rule;
import io.heatsink.resp.Request;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the replies of reads that travel upstream. Confined to its event loop.
 *
 * @param reader the lane's, which is told what a fill costs and spares
 */
public record Filler(
    NearCache cache,
    WriteGuard guard,
    CacheReader reader,
    LanePolicies policies,
    LaneClock clock,
    LaneStats stats)
    implements Capture.Source {

  /** Keeps the reply of a GET; {@code hash} is its key's, database included. */
  @Override
  public @Nullable Capture of(Client client, Request request, long hash) {
    Rule rule = policies.of(hash, request, 1);
    return new Fill(this, client, rule, request.bytes(1), hash);
  }

  @Override
  public boolean mayKeep(Client client, long hash) {
    return guard.isAfterWrites(hash, client.upstream().number());
  }
}
