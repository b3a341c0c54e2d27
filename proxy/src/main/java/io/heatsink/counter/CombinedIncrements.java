package io.heatsink.counter;

import io.heatsink.flight.FlightTable;
import io.heatsink.resp.Bytes;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** One INCRBY that carries the sum of its members' steps. Confined to its event loop. */
final class CombinedIncrements extends Increments {

  /*
   * An error is the answer to each member, as it would be had they come alone: what is no number
   * for the first is none for the next. They must not be sent again for it, since their clients'
   * later commands may have overtaken them by now. Two errors speak of the sum alone: that it is
   * too large, and that the user may not INCRBY, who perhaps may INCR. Only then does each member
   * run alone.
   */

  private static final byte[] OVERFLOW =
      Replies.ascii("-ERR increment or decrement would overflow");
  private static final byte[] NOT_PERMITTED = Replies.ascii("-NOPERM");

  private final Combiner combiner;
  private final ByteBuf reply = Unpooled.buffer(64);

  CombinedIncrements(FlightTable table, Combiner combiner) {
    super(table);
    this.combiner = combiner;
  }

  /** A lone increment travels as it came and waits for nobody. */
  void takeOff(Request request) {
    sendFirst(request, null);
  }

  @Override
  protected void send() {
    byte[] command = count() == 1 ? encodeFirst() : Increment.encodeSum(key(), sum());
    upstream().send(command, this);
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    reply.writeBytes(bytes, index, length);
    if (!last) {
      return;
    }
    if (reply.getByte(0) == ':') {
      answer(integer(reply));
    } else if (count() > 1 && (begins(OVERFLOW) || begins(NOT_PERMITTED))) {
      runAlone();
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
    failAll(error);
    finish();
  }

  private void finish() {
    reply.clear();
    landed();
    combiner.recycle(this);
  }
}
