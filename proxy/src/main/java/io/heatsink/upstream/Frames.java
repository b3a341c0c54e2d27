package io.heatsink.upstream;

import io.heatsink.resp.ReplyFramer;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a connection receives into the parts of its frames: a frame that comes in several reads
 * comes in as many parts, and none of them is kept. Confined to its event loop.
 */
final class Frames {

  /** The bytes are no frame. */
  static final int MALFORMED = -1;

  /** Too few bytes to tell what begins: they wait for more. */
  static final int KEPT = -2;

  private static final int CARRY_BYTES = 1024;

  private final ReplyFramer framer = new ReplyFramer();
  private @Nullable ByteBuf carry;
  private boolean begins;
  private boolean ends = true;

  /**
   * What was kept, and what has come behind it. Takes {@code bytes}; the caller owns the result.
   */
  ByteBuf join(ByteBuf bytes) {
    ByteBuf kept = carry;
    if (kept == null) {
      return bytes;
    }
    carry = null;
    kept.writeBytes(bytes);
    bytes.release();
    return kept;
  }

  /**
   * The next part, from {@code at} on.
   *
   * @param prefix bytes that a frame's first part must have, unless it is all of the frame
   * @return the index after it, or {@link #MALFORMED} or {@link #KEPT}
   */
  int cut(ByteBuf bytes, int at, int to, int prefix) {
    begins = ends;
    int end = framer.end(bytes, at, to);
    if (end == ReplyFramer.MALFORMED) {
      return MALFORMED;
    }
    ends = end != ReplyFramer.INCOMPLETE;
    if (begins && !ends && to - at < prefix) {
      framer.reset();
      ends = true;
      carry = bytes.alloc().buffer(CARRY_BYTES).writeBytes(bytes, at, to - at);
      return KEPT;
    }
    return ends ? end : to;
  }

  /** Whether the part is the first of its frame. */
  boolean begins() {
    return begins;
  }

  /** Whether the part is the last of its frame. */
  boolean ends() {
    return ends;
  }

  /** What the string that is the whole frame still lacks after this part; 0 if it is none. */
  long missingBytes() {
    return framer.missingBytes();
  }

  /** Begins anew. */
  void clear() {
    framer.reset();
    ends = true;
    ByteBuf kept = carry;
    if (kept != null) {
      carry = null;
      kept.release();
    }
  }
}
