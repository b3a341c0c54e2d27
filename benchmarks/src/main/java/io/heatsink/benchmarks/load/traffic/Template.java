package io.heatsink.benchmarks.load.traffic;

import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;

/** A request whose keys' digits are put in place before each use. For one thread. */
final class Template {

  private static final int RADIX = 10;

  private final byte[] bytes;
  private final int[] lastDigitAt;
  private final int digits;

  private Template(byte[] bytes, int[] lastDigitAt, int digits) {
    this.bytes = bytes;
    this.lastDigitAt = lastDigitAt;
    this.digits = digits;
  }

  /** The words; keys follow the command's name, and their digits a prefix. */
  static Template of(byte[][] words, int prefix, int keys, int count) {
    int[] at = new int[keys];
    int offset = ("*" + words.length + "\r\n").length();
    for (int i = 0; i <= keys; i++) {
      offset += ("$" + words[i].length + "\r\n").length();
      if (i > 0) {
        at[i - 1] = offset + prefix + KeySpace.DIGITS - 1;
      }
      offset += words[i].length + 2;
    }
    return new Template(Replies.request(words), at, Integer.toString(count - 1).length());
  }

  /** Puts the number of the key of a slot. */
  Template key(int slot, int key) {
    int left = key;
    int at = lastDigitAt[slot];
    for (int i = 0; i < digits; i++) {
      int quotient = left / RADIX;
      bytes[at - i] = (byte) ('0' + left - quotient * RADIX);
      left = quotient;
    }
    return this;
  }

  void appendTo(ByteBuf out) {
    out.writeBytes(bytes);
  }
}
