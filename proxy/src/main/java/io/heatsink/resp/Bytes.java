package io.heatsink.resp;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Compares bytes in a buffer with those of an array, without an allocation. */
public final class Bytes {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  /** Whether {@code length} bytes at {@code index} are the first of {@code array}; lends both. */
  public static boolean equal(ByteBuf buf, int index, byte[] array, int length) {
    if (length >= Long.BYTES) {
      // The last step may overlap the one before it.
      int last = length - Long.BYTES;
      for (int i = 0; i < last; i += Long.BYTES) {
        if (buf.getLongLE(index + i) != (long) LONGS.get(array, i)) {
          return false;
        }
      }
      return buf.getLongLE(index + last) == (long) LONGS.get(array, last);
    }
    if (length >= Integer.BYTES) {
      int last = length - Integer.BYTES;
      return buf.getIntLE(index) == (int) INTS.get(array, 0)
          && buf.getIntLE(index + last) == (int) INTS.get(array, last);
    }
    for (int i = 0; i < length; i++) {
      if (buf.getByte(index + i) != array[i]) {
        return false;
      }
    }
    return true;
  }
}
