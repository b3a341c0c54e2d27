package io.heatsink.session;

import io.heatsink.command.ErrorReplies;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Pipe;
import java.util.Objects;
import java.util.function.Consumer;

/** What a client asked of its own connection by CLIENT TRACKING and NO-EVICT, and got. */
final class Tracking {

  private static final int OFF = -1;

  private final Session session;
  private final Pin pin;
  private long redirect = OFF;
  private boolean broadcasts;
  private boolean notEvicted;
  private boolean notTouching;

  Tracking(Session session, Pin pin) {
    this.session = session;
    this.pin = pin;
  }

  /** The client that invalidations go to, 0 for this one, -1 without tracking. */
  long redirect() {
    return redirect;
  }

  /** Redis' letters for it, in Redis' order. */
  String flags() {
    String flags = redirect == OFF ? "" : broadcasts ? "tB" : "t";
    return flags + (notEvicted ? "e" : "") + (notTouching ? "T" : "");
  }

  /** CLIENT TRACKING and the like: they change the connection that they come on. */
  boolean keep(Request request) {
    if (!pin.own()) {
      return !session.isHeldUp();
    }
    pin.stick();
    send(Objects.requireNonNull(pin.pipe()), request, session.reserve());
    return true;
  }

  /** CLIENT TRACKING with invalidations for another client of Heatsink. */
  void redirect(byte[][] words, long client, Place place) {
    Pipe own = pin.pipe();
    if (own == null) {
      place.complete(ErrorReplies.CONNECTION_LOST);
      return;
    }
    pin.stick();
    redirect(own, words, client, place);
  }

  /** Another client's invalidations are to come here: tells what the backend calls this, or 0. */
  void hears(Consumer<Long> answer) {
    if (!pin.isActive() && !session.isDrained()) {
      session.whenDrained(() -> hears(answer));
    } else if (!pin.isActive() && !pin.adopt(null, null)) {
      answer.accept(0L);
    } else {
      pin.stick();
      Objects.requireNonNull(pin.pipe()).identity().whenKnown(answer::accept);
    }
  }

  private void send(Pipe own, Request request, Place place) {
    boolean on = request.is(2, "on");
    if (request.is(1, "tracking")) {
      own.send(request, tracks(on, 0, request.has(3, "bcast"), place));
    } else if (request.is(1, "no-evict")) {
      own.send(request, agreed(() -> notEvicted = on, place));
    } else if (request.is(1, "no-touch")) {
      own.send(request, agreed(() -> notTouching = on, place));
    } else {
      own.send(request, place);
    }
  }

  private void redirect(Pipe own, byte[][] words, long client, Place place) {
    boolean on = is(words[2], "on");
    boolean bcast = false;
    for (byte[] word : words) {
      bcast |= is(word, "bcast");
    }
    own.send(Replies.request(words), tracks(on, client, bcast, place));
  }

  private ReplySlot tracks(boolean on, long client, boolean bcast, Place place) {
    return agreed(
        () -> {
          redirect = on ? client : OFF;
          broadcasts = on && bcast;
        },
        place);
  }

  /** A slot that runs {@code then} if the backend agrees, and passes the reply on. */
  static ReplySlot agreed(Runnable then, Place place) {
    return WholeReply.then(
        reply -> {
          if (!reply.isError()) {
            then.run();
          }
          reply.settle(place);
        });
  }

  private static boolean is(byte[] word, String text) {
    return new String(word, java.nio.charset.StandardCharsets.ISO_8859_1).equalsIgnoreCase(text);
  }

  void clear() {
    redirect = OFF;
    broadcasts = false;
    notEvicted = false;
    notTouching = false;
  }
}
