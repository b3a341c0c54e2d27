package io.heatsink.counter;

import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.flight.Flight;
import io.heatsink.flight.FlightTable;
import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One gathering of a split counter that answers all who asked for it. Confined to its loop. */
final class SplitRead extends Flight {

  private static final byte[] MGET = Replies.ascii("MGET");

  private final byte[] nil;
  private @Nullable SplitPolicy policy;

  SplitRead(FlightTable table, boolean resp3) {
    super(table);
    nil = resp3 ? Replies.NIL3 : Replies.NIL2;
  }

  void policy(SplitPolicy of) {
    policy = of;
  }

  void join(Place place) {
    add(place);
  }

  @Override
  protected void send() {
    SplitPolicy of = Objects.requireNonNull(policy);
    byte[] key = Arrays.copyOf(identity(), identityLength());
    upstream().send(of.command(MGET, key), WholeReply.then(this::finish));
  }

  private void finish(WholeReply reply) {
    byte[] answer = answer(reply);
    for (int i = 0; i < count(); i++) {
      if (reply.isFailed()) {
        place(i).fail(answer);
      } else {
        place(i).complete(answer);
      }
    }
    landed();
  }

  private byte[] answer(WholeReply reply) {
    if (!reply.isArray()) {
      return reply.encoded();
    }
    SplitPolicy of = Objects.requireNonNull(policy);
    SplitTotal total = SplitTotal.of(reply.bulks(), 0, of.shards() + 1);
    byte[] value = total.value();
    byte[] error = total.error();
    if (value != null) {
      return Replies.bulk(value);
    }
    return error != null ? error : nil;
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
