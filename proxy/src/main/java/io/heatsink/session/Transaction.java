package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.CommandSpec.Touches;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.route.Router;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** What a pinned connection knows of its client's MULTI and WATCH. Confined to its event loop. */
final class Transaction {

  private static final int MAX_KEYS = 4096;
  private static final byte[] NOT_QUEUED =
      Replies.request("HEATSINK.REFUSED", "split counter in a transaction");

  private final Session session;
  private final Router router;
  private final Runnable changed;
  private boolean inMulti;
  private int openings;
  private boolean isOpened;
  private int number;
  private boolean watching;
  private boolean clean = true;
  private int queued;
  private long[] written = new long[16];
  private int writtenCount;
  private boolean writtenEverything;
  private final List<Queued> seen = new ArrayList<>(0);

  /**
   * @param changed called when it turns out that {@link #isHeld} is not as was thought
   */
  Transaction(Session session, Router router, Runnable changed) {
    this.session = session;
    this.router = router;
    this.changed = changed;
  }

  /** Whether commands are queued until EXEC. */
  boolean isOpen() {
    return inMulti;
  }

  /** Whether keys are watched. */
  boolean isWatching() {
    return watching;
  }

  /** Whether the connection must be kept for it. */
  boolean isHeld() {
    return inMulti || watching;
  }

  /** Tells whether the transaction that ended left nothing behind on the connection. */
  void leaves(boolean isClean) {
    clean = isClean;
  }

  /** Whether the transactions that ended so far left nothing behind on the connection. */
  boolean isClean() {
    return clean;
  }

  /** Commands queued; -1 outside of MULTI. */
  int queued() {
    return inMulti ? queued : -1;
  }

  /**
   * MULTI: its slot, which sees whether the backend agrees. What comes before the backend has said
   * so is taken for queued; whoever must know looks at its own reply.
   */
  ReplySlot multi(Place place) {
    inMulti = true;
    openings++;
    int of = number;
    return WholeReply.then(
        reply -> {
          if (of == number && !reply.isFailed()) {
            opened(!reply.isError());
          }
          reply.settle(place);
        });
  }

  /** A second MULTI is refused and changes nothing. */
  private void opened(boolean agreed) {
    openings--;
    isOpened |= agreed;
    if (openings == 0 && !isOpened) {
      boolean watched = watching;
      forget();
      watching = watched;
      changed.run();
    }
  }

  /** EXEC or DISCARD was refused, which leaves the transaction as it is. */
  void goesOn(int of) {
    if (of == number) {
      inMulti = true;
      isOpened = true;
      changed.run();
    }
  }

  void watch() {
    watching = true;
  }

  void unwatch() {
    watching = inMulti && watching;
  }

  /** A command that EXEC will run. */
  void queue(Request request, Touches touches) {
    queued++;
    if (touches == Touches.EVERYTHING) {
      writtenEverything = true;
    } else if (touches == Touches.KEYS) {
      remember(router.guardedKeys(session, request));
    }
  }

  /** A command whose reply in EXEC's {@code element} sees. */
  void queue(TransactionEnd.Element element) {
    seen.add(new Queued(queued, element));
    queued++;
  }

  /**
   * A command that changes the connection once it has run, and {@code agreed} is called: by EXEC,
   * or at once where MULTI was refused.
   */
  ReplySlot queue(Runnable agreed, Place place) {
    queue(
        (bytes, index, length, last, to) -> {
          to.part(bytes, index, length, false);
          if (last) {
            agreed.run();
          }
        });
    return WholeReply.then(
        reply -> {
          if (!reply.isError() && !reply.isQueued()) {
            agreed.run();
          }
          reply.settle(place);
        });
  }

  /** A command that is answered so where the backend finds no fault with it. */
  ReplySlot queue(Supplier<byte[]> answer, Place place) {
    queue(
        (bytes, index, length, last, to) -> {
          if (last) {
            byte[] reply = answer.get();
            to.part(Unpooled.wrappedBuffer(reply), 0, reply.length, false);
          }
        });
    return WholeReply.then(
        reply -> {
          if (reply.isError() || reply.isQueued()) {
            reply.settle(place);
          } else {
            place.complete(answer.get());
          }
        });
  }

  /** A command whose keys are not known, which EXEC will run. */
  void queueUnknown() {
    queued++;
    writtenEverything = true;
  }

  private void remember(long[] keys) {
    if (writtenCount + keys.length > MAX_KEYS) {
      writtenEverything = true;
      return;
    }
    if (writtenCount + keys.length > written.length) {
      written = Arrays.copyOf(written, Math.max(written.length * 2, writtenCount + keys.length));
    }
    System.arraycopy(keys, 0, written, writtenCount, keys.length);
    writtenCount += keys.length;
  }

  /** EXEC or DISCARD: its slot, which sees whether it leaves the connection clean. */
  ReplySlot end(Place place, CommandSpec spec) {
    boolean runs = spec.name().equals("exec");
    List<Queued> elements = runs ? List.copyOf(seen) : List.of();
    if (runs && writtenEverything) {
      router.guardEverything(place);
    } else if (runs) {
      router.guard(place, Arrays.copyOf(written, writtenCount));
    }
    forget();
    clean = false;
    return new TransactionEnd(this, number, place, elements);
  }

  /** A command that we refuse inside a transaction spoils it, as it would in Redis. */
  void refuse(Upstream own, byte[] error) {
    if (!inMulti) {
      session.answer(error);
      return;
    }
    Place place = session.reserve();
    own.send(
        NOT_QUEUED,
        WholeReply.then(
            reply -> {
              if (reply.isFailed()) {
                reply.settle(place);
              } else {
                place.complete(error);
              }
            }));
  }

  /** Begins anew. */
  void clear() {
    forget();
    clean = true;
  }

  private void forget() {
    number++;
    inMulti = false;
    openings = 0;
    isOpened = false;
    watching = false;
    queued = 0;
    seen.clear();
    writtenCount = 0;
    writtenEverything = false;
  }

  /** The command of this number, and who sees its reply. */
  record Queued(int command, TransactionEnd.Element element) {}
}
