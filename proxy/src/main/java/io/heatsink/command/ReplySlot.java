package io.heatsink.command;

import io.netty.buffer.ByteBuf;

/**
 * Takes the reply of one command that travels upstream.
 *
 * <p>Confined to its event loop. Either {@link #part} is called until {@code last}, or {@link
 * #fail} once, perhaps after some parts; nothing after that.
 */
public interface ReplySlot {

  /** Some bytes of the reply, lent for the call; {@code last} ends the reply. */
  void part(ByteBuf bytes, int index, int length, boolean last);

  /** The reply cannot come: {@code error} is an encoded error reply that tells why. */
  void fail(byte[] error);
}
