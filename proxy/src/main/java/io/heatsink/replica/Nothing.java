package io.heatsink.replica;

import io.netty.buffer.ByteBuf;

/** Tells replies that a key which is not there could have as well. */
final class Nothing {

  private static final int MOST_BYTES = 4 * 1024;

  private Nothing() {}

  /**
   * Whether this reply, of either protocol, holds no value at all: nil, zero, an empty string or
   * list, or a list of nothing else.
   */
  static boolean isAll(ByteBuf bytes, int index, int length) {
    int end = index + length;
    int at = index;
    while (at < end && length <= MOST_BYTES) {
      int line = bytes.indexOf(at, end, (byte) '\n');
      if (line < 0 || !isNothing(bytes, at, line - 1)) {
        return false;
      }
      at = line + 1;
      if (bytes.getByte(at - 3) == '0' && bytes.getByte(at - 4) == '$') {
        at += 2;
      }
    }
    return length <= MOST_BYTES;
  }

  private static boolean isNothing(ByteBuf bytes, int from, int to) {
    return switch (bytes.getByte(from)) {
      case '*', '%', '~', '_' -> true;
      case '$', ':', '#', ',' -> is(bytes, from + 1, to, "-1", "0", "f");
      case '+' -> is(bytes, from + 1, to, "none", "none", "none");
      default -> false;
    };
  }

  private static boolean is(ByteBuf bytes, int from, int to, String... words) {
    for (String word : words) {
      boolean isIt = word.length() == to - from;
      for (int i = 0; isIt && i < word.length(); i++) {
        isIt = bytes.getByte(from + i) == word.charAt(i);
      }
      if (isIt) {
        return true;
      }
    }
    return false;
  }
}
