package io.heatsink.counter;

import io.heatsink.flight.FlightTable;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** One INCRBY that carries the sum of its members' steps. Confined to its event loop. */
final class CombinedIncrements extends Increments {

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
    } else if (count() == 1) {
      answerAll(ByteBufUtil.getBytes(reply));
    } else {
      runAlone();
    }
    finish();
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
