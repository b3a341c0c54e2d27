package io.heatsink.flight;

import io.heatsink.command.Client;
import io.heatsink.command.Place;
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
   * would be allowed to answer with the very reply under way; and where a write has made that reply
   * useless, a read whose answer is to be kept does not wait for it but takes its place.
   *
   * A read that finds nothing to share and has nobody to tell travels without a flight; see
   * LoneReads.
   */

  private static final int MAX_MEMBERS = 65_536;
  private static final int MAX_FREE = 4_096;
  private static final int MAX_REQUEST_BYTES = 1_024;

  private final LaneStats stats;
  private final FlightTable table = new FlightTable();
  private final LoneReads lones = new LoneReads();
  private final ArrayDeque<ReadFlight> free = new ArrayDeque<>();

  public Coalescer(LaneStats stats) {
    this.stats = stats;
  }

  /** Whether a request is small enough to be kept for comparison. */
  public static boolean takes(Request request) {
    return request.length() <= MAX_REQUEST_BYTES;
  }

  /**
   * Whether others may gather around it: whatever its client has sent behind it, but for the same
   * once more, would send it on at once, with nobody but itself.
   */
  public static boolean gathers(Request request) {
    return takes(request) && (!request.isFollowed() || request.isRepeated());
  }

  /**
   * Answers the read, alone or with others.
   *
   * @param hash of all that tells this request from others but its way upstream
   * @param captures who may listen to the reply, or null
   */
  public void read(Client client, Request request, long hash, Capture.@Nullable Source captures) {
    read(client, client.upstream(), request, hash, captures, true);
  }

  /** As above on another way, with nobody who listens. */
  public void read(Client client, Upstream via, Request request, long hash) {
    read(client, via, request, hash, null, true);
  }

  /** As above, but a flight that is on the wire is not joined, whatever it carries. */
  public void readLater(Client client, Request request, long hash, Capture.Source captures) {
    read(client, client.upstream(), request, hash, captures, false);
  }

  private void read(
      Client client,
      Upstream via,
      Request request,
      long hash,
      Capture.@Nullable Source captures,
      boolean joins) {
    ReadFlight current = table.isEmpty() ? null : find(via, request, hash);
    if (joins && current != null && current.isJoinableOnWire() && current.count() < MAX_MEMBERS) {
      stats.coalesced++;
      current.joinOnWire(client.reserve());
      return;
    }
    long number = LoneReads.number(hash, via.number());
    int lone = current == null ? lones.find(number) : -1;
    ReadFlight gathering = gathering(current, lone);
    if (client.deferred() != null && client.deferred() != gathering) {
      // Sending may fail at once and land any flight, so the tables are looked at again.
      client.dispatchDeferred();
      read(client, via, request, hash, captures, joins);
    } else if (gathering != null && gathering.count() >= MAX_MEMBERS) {
      gathering.dispatch();
      read(client, via, request, hash, captures, joins);
    } else if (captures != null
        && gathering == null
        && (current == null || current.isAwaited())
        && captures.mayKeep(client, request, hash)) {
      takeOff(client, via, request, hash, current, captures);
    } else if (captures == null
        && gathering == null
        && (current != null || lone >= 0)
        && !gathers(request)) {
      via.send(request, client.reserve());
    } else if (current != null || lone >= 0) {
      gather(client, via, request, hash, current, lone, captures);
    } else if (captures != null) {
      takeOff(client, via, request, hash, null, captures);
    } else {
      Place place = client.reserve();
      lones.add(number, place);
      place.lands(lones, number);
      via.send(request, place);
    }
  }

  /** Leaves at once, in the place of {@code current} where there is one. */
  private void takeOff(
      Client client,
      Upstream via,
      Request request,
      long hash,
      @Nullable ReadFlight current,
      Capture.Source captures) {
    ReadFlight flight = flight(client, via, request, hash, captures);
    flight.join(client.reserve());
    flight.takeOff(request, current);
  }

  private @Nullable ReadFlight gathering(@Nullable ReadFlight current, int lone) {
    if (current != null) {
      return (ReadFlight) table.gathering(current);
    }
    return lone < 0 ? null : lones.gathering(lone);
  }

  /** Waits behind a flight or a lone read that is on the wire. */
  private void gather(
      Client client,
      Upstream via,
      Request request,
      long hash,
      @Nullable ReadFlight current,
      int lone,
      Capture.@Nullable Source captures) {
    ReadFlight gathering = gathering(current, lone);
    if (gathering == null) {
      gathering = flight(client, via, request, hash, captures);
      if (current != null) {
        table.gatherBehind(current, gathering);
      } else {
        lones.gatherBehind(lone, gathering);
      }
    } else if (lone >= 0 && !gathering.isOf(via, request, hash)) {
      // Two reads of one hash: this one goes alone.
      client.dispatchDeferred();
      via.send(request, client.reserve());
      return;
    } else {
      stats.coalesced++;
    }
    gathering.join(client.reserve());
    client.defer(gathering);
  }

  private @Nullable ReadFlight find(Upstream upstream, Request request, long hash) {
    return (ReadFlight)
        table.find(upstream, hash, request.buffer(), request.start(), request.length());
  }

  private ReadFlight flight(
      Client client, Upstream via, Request request, long hash, Capture.@Nullable Source captures) {
    ReadFlight flight = free.pollLast();
    if (flight == null) {
      flight = new ReadFlight(table, this);
    }
    flight.prepare(via, hash, request.buffer(), request.start(), request.length());
    flight.capture(captures == null ? null : captures.of(client, request, hash));
    return flight;
  }

  void recycle(ReadFlight flight) {
    if (free.size() < MAX_FREE) {
      free.addLast(flight);
    }
  }
}
