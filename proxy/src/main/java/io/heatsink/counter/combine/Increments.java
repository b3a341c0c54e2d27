package io.heatsink.counter.combine;

import io.heatsink.command.Place;
import io.heatsink.flight.Flight;
import io.heatsink.flight.FlightTable;
import io.heatsink.resp.Numbers;
import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Increments of one counter that travel as one. Confined to its event loop.
 *
 * <p>Steps of one sign only: then no member could have overflowed where the sum did not, and every
 * reply is the one that Redis would have given, had the members come in this order.
 */
abstract class Increments extends Flight {

  private static final int MAX_MEMBERS = 4096;

  private int[] kinds = new int[4];
  private long[] deltas = new long[4];
  private long sum;

  Increments(FlightTable table) {
    super(table);
  }

  final void clear() {
    sum = 0;
  }

  /** Whether a step of this sign may join. */
  final boolean takes(long delta) {
    boolean sameSign = sum == 0 || delta == 0 || (sum > 0) == (delta > 0);
    return sameSign && count() < MAX_MEMBERS;
  }

  final void join(Place place, int kind, long delta) {
    int i = count();
    if (i == kinds.length) {
      kinds = Arrays.copyOf(kinds, i * 2);
      deltas = Arrays.copyOf(deltas, i * 2);
    }
    kinds[i] = kind;
    deltas[i] = delta;
    sum += delta;
    add(place);
  }

  final long sum() {
    return sum;
  }

  final byte[] key() {
    return Arrays.copyOf(identity(), identityLength());
  }

  /** A member's own command, as it sent it. */
  final byte[] encode(int i) {
    return isOfField()
        ? Increment.encodeField(identity(), identityLength(), deltas[i])
        : Increment.encode(kinds[i], key(), deltas[i]);
  }

  /** One command for all members. */
  final byte[] encodeSum() {
    return isOfField()
        ? Increment.encodeField(identity(), identityLength(), sum)
        : Increment.encodeSum(key(), sum);
  }

  private boolean isOfField() {
    return Increment.isOfField(kinds[0]);
  }

  /** Answers every member, given the counter's value after all of them. */
  final void answer(long after) {
    long value = after - sum;
    for (int i = 0; i < count(); i++) {
      value += deltas[i];
      place(i).complete(Replies.integer(value));
    }
  }

  /** Member {@code i} runs alone and gets its own reply. */
  final void sendAlone(int i) {
    sum -= deltas[i];
    upstream().send(encode(i), place(i));
  }

  /** Member {@code from} takes the number of one that has left. */
  final void moveMember(int from, int to) {
    kinds[to] = kinds[from];
    deltas[to] = deltas[from];
    move(from, to);
  }

  final void failAll(byte[] error) {
    for (int i = 0; i < count(); i++) {
      place(i).fail(error);
    }
  }

  final void answerAll(byte[] reply) {
    for (int i = 0; i < count(); i++) {
      place(i).complete(reply);
    }
  }

  /** The value of an integer reply, known to be whole. */
  static long integer(ByteBuf reply) {
    int start = reply.readerIndex() + 1;
    return Numbers.parseLong(reply, start, reply.readableBytes() - 3);
  }
}
