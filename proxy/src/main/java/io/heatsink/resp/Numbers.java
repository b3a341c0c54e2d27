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
    byte[] out = new byte[length(value)];
    put(value, out, out.length);
    return out;
  }

  /** How many characters {@link #ascii} has. */
  static int length(long value) {
    int length = value < 0 ? 2 : 1;
    for (long left = value / 10; left != 0; left /= 10) {
      length++;
    }
    return length;
  }

  /** Puts decimal digits before {@code end}. */
  static void put(long value, byte[] out, int end) {
    // Counted below zero, where there is room for the smallest long too.
    long left = value < 0 ? value : -value;
    int at = end;
    do {
      out[--at] = (byte) ('0' - left % 10);
      left /= 10;
    } while (left != 0);
    if (value < 0) {
      out[--at] = '-';
    }
  }
}
