package io.heatsink.flight;

import io.heatsink.command.Client;
import io.heatsink.command.Upstream;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Request;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Lets concurrent reads of the same thing share flights (single-flight), without a difference that
 * a client could see.
 *
 * <p>Confined to its event loop.
 */
public final class Coalescer {

  /*
   * A read may join only a flight that is not on the wire. While one is, later readers gather in
   * exactly one next flight, which leaves when the one before it lands: a thousand readers cost
   * two backend reads, and none is answered with a value from before it asked. A client whose read
   * waits here has it sent before its next command travels, so its commands run in its own order
   * and a write of its own never overtakes the read before it.
   *
   * Joining a flight on the wire, as single-flight usually does (golang.org/x/sync/singleflight),
   * could miss a write that was acknowledged in between. It is done only where the near cache
   * would be allowed to answer with the very reply under way.
   */

  private static final int MAX_MEMBERS = 65_536;
  private static final int MAX_FREE = 4_096;
  private static final int MAX_REQUEST_BYTES = 1_024;

  private final LaneStats stats;
  private final FlightTable table = new FlightTable();
  private final ArrayDeque<ReadFlight> free = new ArrayDeque<>();

  public Coalescer(LaneStats stats) {
    this.stats = stats;
  }

  /** Whether a request is small enough to be kept for comparison. */
  public static boolean takes(Request request) {
    return request.length() <= MAX_REQUEST_BYTES;
  }

  /**
   * Answers the read, alone or with others.
   *
   * @param hash of all that tells this request from others
   * @param captures who may listen to the reply, or null
   */
  public void read(Client client, Request request, long hash, Capture.@Nullable Source captures) {
    ReadFlight current = find(client.upstream(), request, hash);
    if (current != null && current.isJoinableOnWire() && current.count() < MAX_MEMBERS) {
      stats.coalesced++;
      current.join(client.reserve());
      return;
    }
    ReadFlight gathering = current == null ? null : (ReadFlight) table.gathering(current);
    if (client.deferred() != null && client.deferred() != gathering) {
      // Sending may fail at once and land any flight, so the table is looked at again.
      client.dispatchDeferred();
      read(client, request, hash, captures);
    } else if (gathering != null && gathering.count() >= MAX_MEMBERS) {
      gathering.dispatch();
      read(client, request, hash, captures);
    } else if (current == null) {
      ReadFlight flight = flight(client, request, hash, captures);
      flight.join(client.reserve());
      flight.takeOff(request);
    } else {
      stats.coalesced++;
      gather(client, request, hash, current, gathering, captures);
    }
  }

  private void gather(
      Client client,
      Request request,
      long hash,
      ReadFlight current,
      @Nullable ReadFlight waiting,
      Capture.@Nullable Source captures) {
    ReadFlight gathering = waiting;
    if (gathering == null) {
      gathering = flight(client, request, hash, captures);
      table.gatherBehind(current, gathering);
    }
    gathering.join(client.reserve());
    client.defer(gathering);
  }

  private @Nullable ReadFlight find(Upstream upstream, Request request, long hash) {
    return (ReadFlight)
        table.find(upstream, hash, request.buffer(), request.start(), request.length());
  }

  private ReadFlight flight(
      Client client, Request request, long hash, Capture.@Nullable Source captures) {
    ReadFlight flight = free.pollLast();
    if (flight == null) {
      flight = new ReadFlight(table, this);
    }
    flight.prepare(client.upstream(), hash, request.buffer(), request.start(), request.length());
    flight.capture(captures == null ? null : captures.of(client, request, hash));
    return flight;
  }

  void recycle(ReadFlight flight) {
    if (free.size() < MAX_FREE) {
      free.addLast(flight);
    }
  }
}
