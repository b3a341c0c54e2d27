package io.heatsink.counter;

import io.heatsink.resp.Numbers;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The value of a split counter: its base and all its shards, added. */
final class SplitTotal {

  private static final byte[] NOT_AN_INTEGER =
      io.heatsink.resp.Replies.error("ERR value is not an integer or out of range");

  private byte @Nullable [] value;
  private byte @Nullable [] error;

  private SplitTotal() {}

  /** Adds {@code count} values from {@code from} on, the first of which is the base. */
  static SplitTotal of(List<byte @Nullable []> values, int from, int count) {
    SplitTotal total = new SplitTotal();
    long sum = 0;
    int present = 0;
    boolean exact = true;
    for (int i = from; i < from + count; i++) {
      byte[] one = values.get(i);
      if (one != null) {
        present++;
        boolean number = Numbers.isLong(Unpooled.wrappedBuffer(one), 0, one.length);
        exact &= number;
        sum += number ? Numbers.parseLong(Unpooled.wrappedBuffer(one), 0, one.length) : 0;
      }
    }
    byte[] base = values.get(from);
    if (exact) {
      total.value = present == 0 ? null : Numbers.ascii(sum);
    } else if (present == 1 && base != null) {
      total.value = base;
      total.error = NOT_AN_INTEGER;
    } else {
      total.error = NOT_AN_INTEGER;
    }
    return total;
  }

  /** What GET returns, or null for nil. */
  byte @Nullable [] value() {
    return value;
  }

  /** Why there is no number, as an error reply; null if there is one. */
  byte @Nullable [] error() {
    return error;
  }

  /** The number; 0 where nothing is. */
  long number() {
    byte[] digits = value;
    return digits == null ? 0 : Numbers.parseLong(Unpooled.wrappedBuffer(digits), 0, digits.length);
  }
}
