package io.heatsink.upstream;

import io.netty.buffer.ByteBuf;

/** The one session that a pinned connection serves. */
public interface Owner {
  /** Whether frames may come that answer no command and can only be told by their bytes. */
  boolean isListening();

  /** Whether the frame that begins here answers no command; at least 128 bytes or all of it. */
  boolean claims(ByteBuf bytes, int index, int length);

  /** Some bytes of a frame that answers no command, lent; {@code last} ends it. */
  void outOfBand(ByteBuf bytes, int index, int length, boolean last);

  /** The connection is gone; {@code wasReady} tells whether there ever was one. */
  void lost(boolean wasReady);
}
