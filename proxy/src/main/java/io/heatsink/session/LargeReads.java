package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.reply.ClientPlace;
import io.heatsink.reply.LargeReplies;
import io.heatsink.reply.ReplyQueue;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import java.util.Objects;

/**
 * Has reads whose reply is large travel on a connection of the client's own, which is read as fast
 * as the client reads, so that neither side keeps the reply. Confined to its event loop.
 */
final class LargeReads {

  /*
   * That a reply is large is known from the last time, or seen when it begins to come on the shared
   * connection. In the second case what comes is thrown away and the read is sent once more, which
   * the client cannot tell: it has asked for nothing since, so that both times lie between its
   * request and the reply. For that the request is kept, while it is the only one under way.
   */

  private static final int MAX_REQUEST_BYTES = 1024;

  private final Session session;
  private final Pin pin;
  private final LaneContext lane;
  private final LargeReplies known;
  private byte[] kept = {};
  private int keptBytes;
  private long keptRead;
  private long keptKey;
  private boolean underWay;

  LargeReads(Session session, Pin pin, LaneContext lane) {
    this.session = session;
    this.pin = pin;
    this.lane = lane;
    this.known = lane.replies().large();
  }

  /** A read, while the session has no connection of its own; false if it is to be seen again. */
  boolean handle(Request request, CommandSpec spec) {
    if (!spec.accepts(request)) {
      return session.route(request, spec);
    }
    if (!known.isEmpty()) {
      long read = lane.router().readHash(session, request, spec);
      if (known.contains(read)) {
        return alone(request, spec, read);
      }
    }
    session.route(request, spec);
    ReplyQueue queue = session.queue();
    weigh(request, lane.router().latestRead());
    if (!queue.isEmpty()) {
      long read = lane.router().latestRead();
      queue.reads(read, queue.size() == 1 && keep(request, read));
    }
    return true;
  }

  /** Its reply will be as large as it was the last time, as far as anybody knows. */
  private void weigh(Request request, long read) {
    long bytes = lane.replies().sizes().of(read);
    if (bytes > 0) {
      lane.router().weigh(session, request, bytes);
    }
  }

  private boolean keep(Request request, long read) {
    int length = request.length();
    if (length > MAX_REQUEST_BYTES || lane.pipes().isSpread()) {
      return false;
    }
    if (length > kept.length) {
      kept = new byte[Math.max(length, Math.min(2 * kept.length, MAX_REQUEST_BYTES))];
    }
    request.buffer().getBytes(request.start(), kept, 0, length);
    keptBytes = length;
    keptRead = read;
    keptKey = key(request);
    return true;
  }

  private boolean alone(Request request, CommandSpec spec, long read) {
    if (!pin.own(request, spec)) {
      return !session.isHeldUp();
    }
    lane.stats().reads++;
    weigh(request, read);
    Place place = session.reserve();
    lane.router().guard(session, place, request, spec);
    pipe().send(request, new Reply(place, read, key(request)));
    pin.releaseIfIdle();
    return true;
  }

  /** The reply to the read that was kept has been declined. */
  void again(ClientPlace place) {
    if (pin.adopt(null, null)) {
      pipe().send(kept, keptBytes, new Reply(place, keptRead, keptKey));
      pin.releaseIfIdle();
    } else {
      pin.whenFree(free -> goOn(place, free));
    }
  }

  private void goOn(ClientPlace place, boolean free) {
    if (free) {
      again(place);
    } else {
      place.complete(lane.pipes().exhausted());
    }
  }

  private long key(Request request) {
    return KeyHash.with(request.hash(1), session.database());
  }

  private Pipe pipe() {
    return Objects.requireNonNull(pin.pipe());
  }

  /** Whether the client's own connection is there for a reply that is sure to come. */
  boolean isUnderWay() {
    return underWay;
  }

  /** Passes the reply on, and sees whether it is large this time, too. */
  private final class Reply implements ReplySlot {
    private final Place place;
    private final long read;
    private final long key;
    private final int connection;
    private long bytes;

    Reply(Place place, long read, long key) {
      this.place = place;
      this.read = read;
      this.key = key;
      this.connection = pipe().number();
      underWay = true;
    }

    @Override
    public void part(ByteBuf from, int index, int length, boolean last) {
      if (bytes == 0) {
        lane.router().looked(key, connection);
      }
      bytes += length;
      if (last) {
        underWay = false;
        if (!lane.replies().isLarge(bytes)) {
          known.remove(read);
          // The next GET may be answered from memory, but not with what is older than this reply.
          lane.router().guard(place, new long[] {key});
        }
      }
      place.part(from, index, length, last);
    }

    @Override
    public void fail(byte[] error) {
      underWay = false;
      place.fail(error);
    }
  }
}
