package io.heatsink.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** The bytes that no request has used up yet. Confined to its event loop. */
final class Input {

  private static final int LARGE_BYTES = 64 * 1024;
  private static final int MAX_GROWTH_BYTES = 1024 * 1024;
  private static final int SLACK = 4;

  private @Nullable ByteBuf bytes;

  /** What to parse, lent; null where there is nothing. */
  @Nullable ByteBuf bytes() {
    return bytes;
  }

  /** Whether so much waits that the socket need not be read. */
  boolean isLarge() {
    return unread() > LARGE_BYTES;
  }

  int unread() {
    ByteBuf in = bytes;
    return in == null ? 0 : in.readableBytes();
  }

  /** Bytes that are there for more. */
  int room() {
    ByteBuf in = bytes;
    return in == null ? 0 : in.capacity() - in.readableBytes();
  }

  /** Joins what has come with what is there. Takes {@code more}. */
  void add(ByteBuf more, int neededBytes) {
    ByteBuf kept = bytes;
    bytes = kept == null ? more : append(kept, more, neededBytes);
  }

  /**
   * The kept buffer may be shared with writes under way, so its bytes are never moved: a fresh
   * buffer takes over where it has no room.
   */
  private static ByteBuf append(ByteBuf kept, ByteBuf more, int neededBytes) {
    int total = kept.readableBytes() + more.readableBytes();
    if (kept.refCnt() == 1 && kept.writableBytes() >= more.readableBytes()) {
      kept.writeBytes(more);
      more.release();
      return kept;
    }
    int growth = Math.min(total, MAX_GROWTH_BYTES);
    int ahead = Math.min(Math.max(neededBytes, total + growth), total + 64 * MAX_GROWTH_BYTES);
    ByteBuf joined = ByteBufAllocator.DEFAULT.directBuffer(ahead);
    joined.writeBytes(kept).writeBytes(more);
    kept.release();
    more.release();
    return joined;
  }

  /** Gives back what is used up: little that is left in a large buffer moves to a small one. */
  void settle() {
    ByteBuf in = bytes;
    if (in == null) {
      return;
    }
    int left = in.readableBytes();
    if (left == 0) {
      drop();
    } else if (left * SLACK < in.capacity() && in.capacity() > LARGE_BYTES) {
      bytes = ByteBufAllocator.DEFAULT.directBuffer(left * 2).writeBytes(in);
      in.release();
    }
  }

  /** Gives back all of it. */
  void drop() {
    ByteBuf in = bytes;
    if (in != null) {
      bytes = null;
      in.release();
    }
  }
}
