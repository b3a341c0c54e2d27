package io.heatsink.topology;

import io.netty.buffer.ByteBuf;

/**
 * Hash slots of keys. Thread-safe.
 *
 * @see <a href="https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/">Cluster
 *     specification</a>
 */
public final class Slots {

  private static final int POLYNOMIAL = 0x1021;
  private static final char[] CRC16 = new char[256];

  static {
    for (int i = 0; i < CRC16.length; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
      }
      CRC16[i] = (char) crc;
    }
  }

  private Slots() {}

  /** The slot, 0 to 16,383, of a key; what stands between its first braces counts, if anything. */
  public static int of(ByteBuf bytes, int index, int length) {
    int from = index;
    int to = index + length;
    int open = bytes.indexOf(from, to, (byte) '{');
    if (open >= 0) {
      int close = bytes.indexOf(open + 1, to, (byte) '}');
      if (close > open + 1) {
        from = open + 1;
        to = close;
      }
    }
    int crc = 0;
    for (int i = from; i < to; i++) {
      crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >>> 8) ^ (bytes.getByte(i) & 0xff)];
    }
    return crc & (Topology.SLOTS - 1);
  }
}
