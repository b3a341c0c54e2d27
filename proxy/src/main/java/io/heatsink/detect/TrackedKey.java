package io.heatsink.detect;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Which key a counter belongs to: database and bytes, not only a hash. Immutable. */
final class TrackedKey {

  /** What an instance occupies beside the bytes of its key: two object headers and its fields. */
  private static final int OVERHEAD_BYTES = 56;

  final long hash;
  final int database;
  final int length;
  final byte[] bytes;

  private TrackedKey(long hash, int database, int length, byte[] bytes) {
    this.hash = hash;
    this.database = database;
    this.length = length;
    this.bytes = bytes;
  }

  /** Copies the first {@link HotKey#MAX_KEY_BYTES} bytes of a key that {@code buf} lends. */
  static TrackedKey copyOf(long hash, int database, ByteBuf buf, int index, int length) {
    byte[] bytes = new byte[keptBytes(length)];
    buf.getBytes(index, bytes);
    return new TrackedKey(hash, database, length, bytes);
  }

  /** What an instance for a key of {@code length} bytes occupies. */
  static int footprintBytes(int length) {
    return OVERHEAD_BYTES + keptBytes(length);
  }

  int footprintBytes() {
    return OVERHEAD_BYTES + bytes.length;
  }

  private static int keptBytes(int length) {
    return Math.min(length, HotKey.MAX_KEY_BYTES);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrackedKey that
        && hash == that.hash
        && database == that.database
        && length == that.length
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash);
  }
}
