package io.heatsink.counter.combine;

import io.heatsink.command.Client;
import io.heatsink.command.Deferred;
import io.heatsink.command.FlushQueue;
import io.heatsink.command.Place;
import io.heatsink.command.Upstream;
import io.heatsink.command.Writes;
import io.heatsink.flight.FlightTable;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Combines concurrent increments of a counter into one, with exact replies.
 *
 * <p>Confined to its event loop. Increments of a counter that one turn of the event loop brings
 * leave at its end together: nothing is written before, so nobody waits for that. While one INCRBY
 * of a counter is on the wire, later increments gather; the next INCRBY carries their sum, and each
 * client gets the value it would have got in that order. The idea is the combining tree's (Yew,
 * Tzeng, Lawrie: "Distributing Hot-Spot Addressing in Large-Scale Multiprocessors", 1987), with one
 * level.
 */
public final class Combiner {

  private static final int MAX_FREE = 256;

  private final FlushQueue flushes;
  private final LaneStats stats;
  private final Writes writes;
  private final FlightTable table = new FlightTable();
  private final FlightTable fields = new FlightTable();
  private final ArrayDeque<CombinedIncrements> free = new ArrayDeque<>();
  private final ArrayDeque<CombinedIncrements> freeOfFields = new ArrayDeque<>();

  /** {@code flushes} tells when a turn of the event loop ends. */
  public Combiner(FlushQueue flushes, LaneStats stats, Writes writes) {
    this.flushes = flushes;
    this.stats = stats;
    this.writes = writes;
  }

  /**
   * Takes an increment to be combined.
   *
   * @param hash of the key, database included
   * @return false if this request is not one that can be combined; nothing was done then
   */
  public boolean increment(Client client, Request request, long hash) {
    int kind = Increment.kind(request);
    if (kind == Increment.NONE) {
      return false;
    }
    long delta = Increment.delta(kind, request);
    CombinedIncrements current = find(client, request, kind, hash);
    CombinedIncrements gathering = current == null ? null : gathering(current);
    if (gathering != null && !gathering.takes(delta)) {
      return false;
    }
    Deferred waiting = client.deferred();
    if (waiting != null && waiting != gathering && waiting != current) {
      // Sending may fail at once and land any flight, so the table is looked at again.
      client.dispatchDeferred();
      return increment(client, request, hash);
    }
    if (gathering == null) {
      gathering = flight(client, request, kind, hash);
      if (current != null) {
        table(kind).gatherBehind(current, gathering);
      }
    }
    boolean isBound = waiting != null && waiting == current && waiting != gathering;
    gathering.join(client, isBound, place(client, hash), kind, delta);
    client.defer(gathering);
    if (current == null) {
      gathering.takeOff();
    }
    return true;
  }

  /** Whether the client's latest command is an increment that may wait for others. */
  public boolean awaits(Client client) {
    return client.deferred() instanceof CombinedIncrements;
  }

  /** Whether an increment of this flight's counter could join it, or the one behind it. */
  boolean takes(CombinedIncrements flight, Request request) {
    int kind = Increment.kind(request);
    if (kind == Increment.NONE || !flight.isOf(kind, request)) {
      return false;
    }
    CombinedIncrements gathering = gathering(flight);
    return gathering == null || gathering.takes(Increment.delta(kind, request));
  }

  /** So many increments travel as one. */
  void countCombined(int increments) {
    stats.combined += increments;
  }

  /** Adds the flight to what leaves when all that this turn of the event loop brings is read. */
  void atEndOfTurn(CombinedIncrements flight) {
    flushes.add(flight);
  }

  private @Nullable CombinedIncrements gathering(CombinedIncrements current) {
    return current.isSent() ? (CombinedIncrements) table.gathering(current) : current;
  }

  private Place place(Client client, long hash) {
    Place place = client.reserve();
    // It may gather: reads sent meanwhile travel before it.
    writes.begin(hash, Writes.UNORDERED);
    place.ends(writes, hash);
    return place;
  }

  private FlightTable table(int kind) {
    return Increment.isOfField(kind) ? fields : table;
  }

  private static long identityHash(Request request, int kind, long hash) {
    return Increment.isOfField(kind) ? KeyHash.with(hash, request.hash(2) | 1) : hash;
  }

  private @Nullable CombinedIncrements find(Client client, Request request, int kind, long hash) {
    Upstream upstream = client.upstream();
    int start = Increment.start(kind, request);
    int length = Increment.length(kind, request);
    long by = identityHash(request, kind, hash);
    return (CombinedIncrements) table(kind).find(upstream, by, request.buffer(), start, length);
  }

  private CombinedIncrements flight(Client client, Request request, int kind, long hash) {
    boolean isOfFields = Increment.isOfField(kind);
    CombinedIncrements flight = (isOfFields ? freeOfFields : free).pollLast();
    if (flight == null) {
      flight = new CombinedIncrements(table(kind), this, isOfFields);
    }
    flight.clear();
    flight.prepare(
        client.upstream(),
        identityHash(request, kind, hash),
        request.buffer(),
        Increment.start(kind, request),
        Increment.length(kind, request));
    return flight;
  }

  void recycle(CombinedIncrements flight) {
    ArrayDeque<CombinedIncrements> unused = flight.isOfFields() ? freeOfFields : free;
    if (unused.size() < MAX_FREE) {
      unused.addLast(flight);
    }
  }
}
