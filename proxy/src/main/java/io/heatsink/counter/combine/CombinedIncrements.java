package io.heatsink.counter.combine;

import io.heatsink.command.Client;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.FlushQueue.Flushable;
import io.heatsink.command.Handling;
import io.heatsink.command.Place;
import io.heatsink.flight.FlightTable;
import io.heatsink.resp.Bytes;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One INCRBY that carries the sum of its members' steps. Confined to its event loop. */
final class CombinedIncrements extends Increments implements Flushable {

  /*
   * An error is the answer to each member, as it would be had they come alone: what is no number
   * for the first is none for the next. Two errors speak of the sum alone: that it is too large,
   * and that the user may not INCRBY, who perhaps may INCR. Only then does each member run alone,
   * later than it was sent, so until the reply has come a member's next command is held back.
   *
   * A client with more to send seldom waits for that: as long as the flight gathers, its increments
   * leave the flight and travel by themselves before its next command. Only who is in the flight on
   * the wire as well ("bound") cannot do so.
   */

  private static final byte[] OVERFLOW =
      Replies.ascii("-ERR increment or decrement would overflow");
  private static final byte[] NOT_PERMITTED = Replies.ascii("-NOPERM");

  private final Combiner combiner;
  private final boolean isOfFields;
  private final ByteBuf reply = Unpooled.buffer(64);
  private @Nullable Client[] clients = new Client[4];
  private boolean[] bound = new boolean[4];
  private int boundCount;

  CombinedIncrements(FlightTable table, Combiner combiner, boolean isOfFields) {
    super(table);
    this.combiner = combiner;
    this.isOfFields = isOfFields;
  }

  /** Whether an increment of this kind changes what this does. */
  boolean isOf(int kind, Request request) {
    return isOfFields == Increment.isOfField(kind)
        && Increment.length(kind, request) == identityLength()
        && Bytes.equal(
            request.buffer(), Increment.start(kind, request), identity(), identityLength());
  }

  /** The table that it stands in is of fields. */
  boolean isOfFields() {
    return isOfFields;
  }

  /** {@code isBound} tells that an earlier increment of the client is in the flight before. */
  void join(Client client, boolean isBound, Place place, int kind, long delta) {
    int i = count();
    if (i == clients.length) {
      clients = Arrays.copyOf(clients, i * 2);
      bound = Arrays.copyOf(bound, i * 2);
    }
    clients[i] = client;
    bound[i] = isBound;
    boundCount += isBound ? 1 : 0;
    join(place, kind, delta);
  }

  /** It leaves at the end of this turn of the event loop. */
  void takeOff() {
    stand();
    combiner.atEndOfTurn(this);
  }

  /** What its members had in the flight before is answered, or has been sent again by now. */
  @Override
  protected void mayLeave() {
    boundCount = 0;
    takeOff();
  }

  @Override
  public void flush() {
    dispatch();
  }

  @Override
  protected void send() {
    int members = count();
    if (members == 0) {
      finish();
    } else if (members == 1) {
      letGo();
      upstream().send(encode(0), this);
    } else {
      combiner.countCombined(members);
      upstream().send(encodeSum(), this);
    }
  }

  @Override
  public void release(Client client) {
    if (isSent() || isBound(client)) {
      return;
    }
    int kept = 0;
    for (int i = 0; i < count(); i++) {
      if (clients[i] == client) {
        sendAlone(i);
      } else if (kept++ < i) {
        clients[kept - 1] = clients[i];
        bound[kept - 1] = bound[i];
        moveMember(i, kept - 1);
      }
    }
    Arrays.fill(clients, kept, count(), null);
    shrink(kept);
  }

  @Override
  public boolean holdsBack(Client client, Request next, CommandSpec spec) {
    if (!isSent() && !isBound(client)) {
      return false;
    }
    return !(spec.handling() == Handling.COUNTER && combiner.takes(this, next));
  }

  private boolean isBound(Client client) {
    for (int i = 0; boundCount > 0 && i < count(); i++) {
      if (clients[i] == client) {
        return bound[i];
      }
    }
    return false;
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    reply.writeBytes(bytes, index, length);
    if (!last) {
      return;
    }
    letGo();
    if (reply.getByte(0) == ':') {
      answer(integer(reply));
    } else if (count() > 1 && (begins(OVERFLOW) || begins(NOT_PERMITTED))) {
      for (int i = 0; i < count(); i++) {
        sendAlone(i);
      }
    } else {
      answerAll(ByteBufUtil.getBytes(reply));
    }
    finish();
  }

  private boolean begins(byte[] text) {
    return reply.readableBytes() >= text.length && Bytes.equal(reply, 0, text, text.length);
  }

  @Override
  public void fail(byte[] error) {
    letGo();
    failAll(error);
    finish();
  }

  /** No member waits for this any more. */
  private void letGo() {
    for (int i = 0; i < count(); i++) {
      Client client = clients[i];
      clients[i] = null;
      if (client != null && client.deferred() == this) {
        client.defer(null);
      }
    }
  }

  private void finish() {
    reply.clear();
    boundCount = 0;
    landed();
    combiner.recycle(this);
  }
}
