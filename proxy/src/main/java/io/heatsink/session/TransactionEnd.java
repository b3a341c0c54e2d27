package io.heatsink.session;

import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.resp.ReplyFramer;
import io.netty.buffer.ByteBuf;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the reply of EXEC or DISCARD to its client's place, and lets the replies in it be seen by
 * whom they concern. Confined to its event loop.
 */
final class TransactionEnd implements ReplySlot {

  /** Sees the reply of one command of the transaction, unless it is an error. */
  interface Element {

    /** Some bytes of it, which are to go to {@code to}, or others in their stead. */
    void part(ByteBuf bytes, int index, int length, boolean last, Place to);
  }

  private final Transaction transaction;
  private final int number;
  private final Place place;
  private final Iterator<Transaction.Queued> seen;
  private Transaction.@Nullable Queued next;
  private final ReplyFramer framer = new ReplyFramer();
  private boolean begun;
  private boolean headed;
  private boolean elementBegins = true;
  private boolean isRefused;
  private int element;

  TransactionEnd(Transaction transaction, int number, Place place, List<Transaction.Queued> seen) {
    this.transaction = transaction;
    this.number = number;
    this.place = place;
    this.seen = seen.iterator();
    advance();
  }

  private void advance() {
    next = seen.hasNext() ? seen.next() : null;
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    if (!begun) {
      begun = true;
      begins(bytes, index, length);
    }
    int to = index + length;
    int from = next == null ? index : walk(bytes, index, to);
    place.part(bytes, from, to - from, last);
  }

  private void begins(ByteBuf bytes, int index, int length) {
    boolean isError = bytes.getByte(index) == '-';
    boolean isAborted = Subscriptions.startsWith(bytes, index + 1, length - 1, "EXECABORT");
    transaction.leaves(!isError || isAborted);
    if (Subscriptions.startsWith(bytes, index, length, "-NOPERM")) {
      transaction.goesOn(number);
    }
  }

  /**
   * Takes the replies of the transaction's commands to the place, up to the last that somebody
   * sees; the index behind it.
   */
  private int walk(ByteBuf bytes, int from, int to) {
    int at = from;
    if (!headed) {
      int newline = bytes.indexOf(from, to, (byte) '\n');
      headed = newline >= 0;
      at = headed ? newline + 1 : to;
      place.part(bytes, from, at - from, false);
    }
    while (at < to && next != null) {
      if (elementBegins) {
        isRefused = bytes.getByte(at) == '-';
      }
      int end = framer.end(bytes, at, to);
      elementBegins = end >= 0;
      int until = elementBegins ? end : to;
      element(next, bytes, at, until - at);
      at = until;
    }
    return at;
  }

  private void element(Transaction.Queued queued, ByteBuf bytes, int index, int length) {
    boolean isIts = queued.command() == element;
    if (isIts && !isRefused) {
      queued.element().part(bytes, index, length, elementBegins, place);
    } else {
      place.part(bytes, index, length, false);
    }
    if (elementBegins) {
      element++;
      if (isIts) {
        advance();
      }
    }
  }

  @Override
  public void fail(byte[] error) {
    place.fail(error);
  }
}
