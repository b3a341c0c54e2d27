package io.heatsink.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Keeps bytes that no request has used up yet. */
final class Input {

  private static final int LARGE_BYTES = 64 * 1024;
  private static final int MAX_GROWTH_BYTES = 1024 * 1024;
  private static final int SLACK = 4;

  private Input() {}

  /** Whether so much waits that the socket need not be read. */
  static boolean isLarge(@Nullable ByteBuf input) {
    return input != null && input.readableBytes() > LARGE_BYTES;
  }

  /**
   * Joins what was kept with what has come. Takes both.
   *
   * <p>The kept buffer may be shared with writes under way, so its bytes are never moved: a fresh
   * buffer takes over where it has no room.
   */
  static ByteBuf append(ByteBuf kept, ByteBuf bytes, int neededBytes) {
    int total = kept.readableBytes() + bytes.readableBytes();
    if (kept.refCnt() == 1 && kept.writableBytes() >= bytes.readableBytes()) {
      kept.writeBytes(bytes);
      bytes.release();
      return kept;
    }
    int growth = Math.min(total, MAX_GROWTH_BYTES);
    int ahead = Math.min(Math.max(neededBytes, total + growth), total + 64 * MAX_GROWTH_BYTES);
    ByteBuf joined = ByteBufAllocator.DEFAULT.directBuffer(ahead);
    joined.writeBytes(kept).writeBytes(bytes);
    kept.release();
    bytes.release();
    return joined;
  }

  /** Little that is left in a large buffer moves to a small one. Takes {@code input}. */
  static ByteBuf compact(ByteBuf input) {
    int left = input.readableBytes();
    if (left * SLACK >= input.capacity() || input.capacity() <= LARGE_BYTES) {
      return input;
    }
    ByteBuf small = ByteBufAllocator.DEFAULT.directBuffer(left * 2).writeBytes(input);
    input.release();
    return small;
  }
}
