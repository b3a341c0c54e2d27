package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.CommandSpec.Touches;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.ReplyFramer;
import io.heatsink.resp.Request;
import io.heatsink.route.Router;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a pinned connection knows of its client's MULTI and WATCH. Confined to its event loop. */
final class Transaction {

  private static final int MAX_KEYS = 4096;
  private static final byte[] NOT_QUEUED =
      Replies.request("HEATSINK.REFUSED", "split counter in a transaction");

  private final Session session;
  private final Router router;
  private boolean inMulti;
  private boolean watching;
  private boolean clean = true;
  private int queued;
  private long[] written = new long[16];
  private int writtenCount;
  private boolean writtenEverything;
  private final List<Change> changes = new ArrayList<>(0);

  Transaction(Session session, Router router) {
    this.session = session;
    this.router = router;
  }

  /** Whether commands are queued until EXEC. */
  boolean isOpen() {
    return inMulti;
  }

  /** Whether the connection must be kept for it. */
  boolean isHeld() {
    return inMulti || watching;
  }

  /** Whether the transactions that ended so far left nothing behind on the connection. */
  boolean isClean() {
    return clean;
  }

  /** Commands queued; -1 outside of MULTI. */
  int queued() {
    return inMulti ? queued : -1;
  }

  void multi() {
    inMulti = true;
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

  /** A command that changes the connection, once EXEC has run it and {@code agreed} is called. */
  void queue(Runnable agreed) {
    changes.add(new Change(queued, agreed));
    queued++;
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
    if (runs && writtenEverything) {
      router.guardEverything(place);
    } else if (runs) {
      router.guard(place, Arrays.copyOf(written, writtenCount));
    }
    End end = new End(place, runs ? List.copyOf(changes) : List.of());
    forget();
    clean = false;
    return end;
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
    inMulti = false;
    watching = false;
    queued = 0;
    changes.clear();
    writtenCount = 0;
    writtenEverything = false;
  }

  /** What the command of this number changes. */
  private record Change(int command, Runnable agreed) {}

  private final class End implements ReplySlot {
    private final Place place;
    private final Iterator<Change> changes;
    private @Nullable Change next;
    private final ReplyFramer framer = new ReplyFramer();
    private boolean begun;
    private boolean headed;
    private boolean elementBegins = true;
    private boolean isRefused;
    private int element;

    End(Place place, List<Change> changes) {
      this.place = place;
      this.changes = changes.iterator();
      advance();
    }

    private void advance() {
      next = changes.hasNext() ? changes.next() : null;
    }

    @Override
    public void part(ByteBuf bytes, int index, int length, boolean last) {
      if (!begun) {
        begun = true;
        boolean error = bytes.getByte(index) == '-';
        clean = !error || Subscriptions.startsWith(bytes, index + 1, length - 1, "EXECABORT");
      }
      if (next != null) {
        lookFor(bytes, index, index + length);
      }
      place.part(bytes, index, length, last);
    }

    /**
     * Walks through the replies of the transaction's commands, up to those that change something.
     */
    private void lookFor(ByteBuf bytes, int from, int to) {
      int at = from;
      if (!headed) {
        int newline = bytes.indexOf(from, to, (byte) '\n');
        headed = newline >= 0;
        at = headed ? newline + 1 : to;
      }
      while (at < to && next != null) {
        if (elementBegins) {
          isRefused = bytes.getByte(at) == '-';
        }
        int end = framer.end(bytes, at, to);
        elementBegins = end >= 0;
        if (!elementBegins) {
          return;
        }
        ended();
        at = end;
      }
    }

    private void ended() {
      Change change = next;
      if (change != null && change.command() == element) {
        if (!isRefused) {
          change.agreed().run();
        }
        advance();
      }
      element++;
    }

    @Override
    public void fail(byte[] error) {
      place.fail(error);
    }
  }
}
