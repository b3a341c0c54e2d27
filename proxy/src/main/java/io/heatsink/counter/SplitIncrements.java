package io.heatsink.counter;

import io.heatsink.command.WholeReply;
import io.heatsink.flight.FlightTable;
import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Increments of one split counter that travel as one: an INCRBY of a shard chosen at random, then
 * the sum of all. Confined to its event loop.
 */
final class SplitIncrements extends Increments {

  private static final byte[] MGET = Replies.ascii("MGET");

  private @Nullable SplitPolicy policy;

  SplitIncrements(FlightTable table) {
    super(table);
  }

  void policy(SplitPolicy of) {
    policy = of;
  }

  @Override
  protected void send() {
    SplitPolicy of = Objects.requireNonNull(policy);
    byte[] key = key();
    byte[] shard = of.shard(key, ThreadLocalRandom.current().nextInt(of.shards()));
    WholeReply[] added = new WholeReply[1];
    upstream().send(Increment.encodeSum(shard, sum()), WholeReply.then(reply -> added[0] = reply));
    upstream().send(of.command(MGET, key), WholeReply.then(total -> finish(of, added[0], total)));
  }

  private void finish(SplitPolicy of, WholeReply added, WholeReply total) {
    if (added.isError()) {
      end(added);
    } else if (total.isError()) {
      end(total);
    } else {
      SplitTotal sum = SplitTotal.of(total.bulks(), 0, of.shards() + 1);
      byte[] error = sum.error();
      if (error == null) {
        answer(sum.number());
      } else {
        answerAll(error);
      }
    }
    landed();
  }

  private void end(WholeReply error) {
    if (error.isFailed()) {
      failAll(error.encoded());
    } else {
      answerAll(error.encoded());
    }
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    throw new IllegalStateException("its replies go to slots of their own");
  }

  @Override
  public void fail(byte[] error) {
    throw new IllegalStateException("its replies go to slots of their own");
  }
}
