package io.heatsink.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** The bytes of a client that no request has used up yet. Confined to its event loop. */
final class Input {

  private static final int LARGE_BYTES = 64 * 1024;
  private static final int MAX_GROWTH_BYTES = 1024 * 1024;
  private static final int SLACK = 4;

  private @Nullable ByteBuf kept;

  /** What there is, lent; null if there is nothing. */
  @Nullable ByteBuf bytes() {
    return kept;
  }

  /** Whether so much waits that the socket need not be read. */
  boolean isLarge() {
    return unread() > LARGE_BYTES;
  }

  /** How many bytes there are. */
  int unread() {
    return kept == null ? 0 : kept.readableBytes();
  }

  /** How many more have room beside them. */
  int room() {
    return kept == null ? 0 : kept.capacity() - kept.readableBytes();
  }

  /**
   * Adds what has come. Takes it.
   *
   * @param neededBytes of the request that has begun
   */
  void add(ByteBuf bytes, int neededBytes) {
    kept = kept == null ? bytes : append(kept, bytes, neededBytes);
  }

  /**
   * Joins what was kept with what has come. Takes both.
   *
   * <p>The kept buffer may be shared with writes under way, so its bytes are never moved: a fresh
   * buffer takes over where it has no room.
   */
  private static ByteBuf append(ByteBuf kept, ByteBuf bytes, int neededBytes) {
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

  /**
   * Gives back what is used up: all of it, or the most of a large buffer of which little is left.
   */
  void settle() {
    ByteBuf in = kept;
    if (in == null) {
      return;
    }
    int left = in.readableBytes();
    if (left == 0) {
      drop();
    } else if (left * SLACK < in.capacity() && in.capacity() > LARGE_BYTES) {
      kept = ByteBufAllocator.DEFAULT.directBuffer(left * 2).writeBytes(in);
      in.release();
    }
  }

  /** Gives back all of it. */
  void drop() {
    ByteBuf in = kept;
    if (in != null) {
      kept = null;
      in.release();
    }
  }
}
