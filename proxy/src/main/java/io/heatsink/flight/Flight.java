package io.heatsink.flight;

import io.heatsink.command.Client;
import io.heatsink.command.Deferred;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Upstream;
import io.heatsink.resp.Bytes;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One command upstream that answers several clients.
 *
 * <p>Confined to its event loop. Clients join only before it is on the wire, so nobody is answered
 * with a state older than the start of their own request; see {@link FlightTable}.
 */
public abstract class Flight implements ReplySlot, Deferred {

  private static final int INITIAL_PLACES = 4;
  private static final int KEPT_PLACES = 256;
  private static final int KEPT_BYTES = 1024;

  private final FlightTable table;
  private byte[] identity = new byte[64];
  private int identityLength;
  private long hash;
  private @Nullable Upstream upstream;
  private @Nullable Place[] places = new Place[INITIAL_PLACES];
  private int count;
  private boolean standing;
  private boolean sent;

  /** The one that gathers while this is on the wire. */
  @Nullable Flight next;

  /** In the table, the flight it has replaced. */
  @Nullable Flight previous;

  protected Flight(FlightTable table) {
    this.table = table;
  }

  /** Begins anew: what tells this flight from others is {@code length} bytes at {@code index}. */
  public final void prepare(Upstream to, long identityHash, ByteBuf bytes, int index, int length) {
    upstream = to;
    hash = identityHash;
    if (identity.length < length || identity.length > KEPT_BYTES) {
      identity = new byte[Math.max(length, 64)];
    }
    bytes.getBytes(index, identity, 0, length);
    identityLength = length;
    count = 0;
    standing = false;
    sent = false;
    next = null;
    previous = null;
  }

  final boolean matches(Upstream to, long identityHash, ByteBuf bytes, int index, int length) {
    return hash == identityHash
        && upstream == to
        && identityLength == length
        && Bytes.equal(bytes, index, identity, length);
  }

  /** The bytes that tell it from others; only the first {@link #identityLength} count. */
  protected final byte[] identity() {
    return identity;
  }

  protected final int identityLength() {
    return identityLength;
  }

  final long hash() {
    return hash;
  }

  /** Where it travels. */
  public final Upstream upstream() {
    return Objects.requireNonNull(upstream);
  }

  /** Whether it is on the wire. */
  public final boolean isSent() {
    return sent;
  }

  /** Clients that it answers. */
  public final int count() {
    return count;
  }

  /** The client's place that joined as number {@code i}. */
  protected final Place place(int i) {
    return Objects.requireNonNull(places[i]);
  }

  /** Adds a client. */
  protected final void add(Place place) {
    if (count == places.length) {
      places = Arrays.copyOf(places, count * 2);
    }
    places[count++] = place;
  }

  /** The client that joined as number {@code from} has now that of one which has left. */
  protected final void move(int from, int to) {
    places[to] = places[from];
  }

  /** Of the clients only the first {@code kept} are left. */
  protected final void shrink(int kept) {
    Arrays.fill(places, kept, count, null);
    count = kept;
  }

  /**
   * The client that joined as number {@code i} is answered otherwise; the last has its number now.
   */
  protected final void remove(int i) {
    move(count - 1, i);
    shrink(count - 1);
  }

  /** Puts the first request on the wire as it came, in the table's place of {@code current}. */
  protected final void sendFirst(Request request, @Nullable Flight current) {
    sent = true;
    previous = current;
    stand();
    upstream().send(request, this);
  }

  /** Takes the table's place of the flight that it gathered behind, or one of its own. */
  protected final void stand() {
    if (!standing) {
      standing = true;
      table.replacePrevious(this);
    }
  }

  /** The flight that this one gathered behind has landed. */
  protected void mayLeave() {
    dispatch();
  }

  @Override
  public void release(Client client) {
    dispatch();
  }

  /** Leaves with what has gathered; harmless when it has left. */
  public final void dispatch() {
    if (!sent && upstream != null) {
      sent = true;
      stand();
      send();
    }
  }

  /** Puts what has gathered on the wire. */
  protected abstract void send();

  /** The reply is whole: the next flight leaves, and this one may be used again. */
  protected final void landed() {
    table.landed(this);
    upstream = null;
    if (places.length > KEPT_PLACES) {
      places = new Place[INITIAL_PLACES];
    } else {
      Arrays.fill(places, 0, count, null);
    }
    count = 0;
  }
}
