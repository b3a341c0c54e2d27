package io.heatsink.resp;

import io.netty.buffer.ByteBuf;

/** Whole numbers in bytes, read as strictly as Redis' {@code string2ll} does. */
public final class Numbers {

  private static final int MAX_LONG_CHARS = 20;

  private Numbers() {}

  /** No sign but a minus, no leading zero, no space, and within 64 bits. */
  public static boolean isLong(ByteBuf buf, int index, int length) {
    if (length == 0 || length > MAX_LONG_CHARS) {
      return false;
    }
    boolean negative = buf.getByte(index) == '-';
    int i = negative ? 1 : 0;
    if (i == length) {
      return false;
    }
    byte first = buf.getByte(index + i);
    if (first == '0') {
      return length == 1;
    }
    long value = 0;
    for (; i < length; i++) {
      int digit = buf.getByte(index + i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      long next = value * 10 - digit;
      if (value < Long.MIN_VALUE / 10 || next > 0) {
        return false;
      }
      value = next;
    }
    return negative || value != Long.MIN_VALUE;
  }

  /** The value of bytes that {@link #isLong} accepts. */
  public static long parseLong(ByteBuf buf, int index, int length) {
    boolean negative = buf.getByte(index) == '-';
    long value = 0;
    for (int i = negative ? 1 : 0; i < length; i++) {
      value = value * 10 - (buf.getByte(index + i) - '0');
    }
    return negative ? value : -value;
  }

  /** Decimal digits. */
  public static byte[] ascii(long value) {
    return Replies.ascii(Long.toString(value));
  }
}
