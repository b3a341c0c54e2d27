package io.heatsink.resp;

/** Reads the line {@code $<length>\r\n} where it fits the eight bytes of one load. */
final class ShortLength {

  private static final int MAX_DIGITS = 5;

  private ShortLength() {}

  /**
   * The length, 0 to 99,999; -1 where the bytes are anything else.
   *
   * @param line eight bytes, the first of them lowest
   */
  static int of(long line) {
    int value = digit(line >>> 8);
    if ((line & 0xff) != '$' || value < 0 || value > 9) {
      return -1;
    }
    long rest = line >>> 16;
    for (int digits = 1; (rest & 0xff) != '\r'; digits++, rest >>>= 8) {
      int next = digit(rest);
      if (next < 0 || next > 9 || value == 0 || digits == MAX_DIGITS) {
        return -1;
      }
      value = value * 10 + next;
    }
    return (rest >>> 8 & 0xff) == '\n' ? value : -1;
  }

  /** Bytes of the line with this length, its end included. */
  static int lineBytes(int length) {
    if (length < 100) {
      return length < 10 ? 4 : 5;
    }
    return length < 1_000 ? 6 : length < 10_000 ? 7 : 8;
  }

  /** The value of the lowest byte as a digit; none where it is not 0 to 9. */
  static int digit(long bytes) {
    return (int) (bytes & 0xff) - '0';
  }
}
