package io.heatsink.command;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that gather until they are written in one go. Confined to its event loop.
 *
 * <p>It begins as large as the last write was: growing would copy what has gathered.
 */
public final class GatherBuffer {

  private static final int MAX_USUAL_BYTES = 64 * 1024;

  private final int initialBytes;
  private int usualBytes;
  private @Nullable ByteBuf gathered;

  public GatherBuffer(int initialBytes) {
    this.initialBytes = initialBytes;
    this.usualBytes = initialBytes;
  }

  /** Where to write the next {@code length} bytes; lent. */
  public ByteBuf room(int length) {
    ByteBuf open = gathered;
    if (open == null) {
      open = ByteBufAllocator.DEFAULT.directBuffer(Math.max(length, usualBytes));
      gathered = open;
    }
    return open;
  }

  /** Hands over what has gathered, or null if nothing has; the caller releases it. */
  public @Nullable ByteBuf take() {
    ByteBuf taken = gathered;
    if (taken != null) {
      gathered = null;
      usualBytes = Math.min(Math.max(taken.readableBytes(), initialBytes), MAX_USUAL_BYTES);
    }
    return taken;
  }

  /** Drops what has gathered. */
  public void release() {
    ByteBuf dropped = gathered;
    if (dropped != null) {
      gathered = null;
      dropped.release();
    }
  }
}
