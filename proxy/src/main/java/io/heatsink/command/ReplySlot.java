package io.heatsink.command;

import io.netty.buffer.ByteBuf;

/**
 * Takes the reply of one command that travels upstream.
 *
 * <p>Confined to its event loop. Either {@link #part} is called until {@code last}, or {@link
 * #fail} once, perhaps after some parts; nothing after that.
 */
public interface ReplySlot {

  /** For a reply that goes nowhere. */
  ReplySlot NOBODY =
      new ReplySlot() {
        @Override
        public void part(ByteBuf bytes, int index, int length, boolean last) {}

        @Override
        public void fail(byte[] error) {}
      };

  /**
   * Whether the reply is to go nowhere, because whoever waits for it asks otherwise. Asked before
   * the first part of a string that comes on a connection that others wait on, and lacks so many
   * bytes; who declines is not called any more.
   */
  default boolean declines(long bytes) {
    return false;
  }

  /** Some bytes of the reply, lent for the call; {@code last} ends the reply. */
  void part(ByteBuf bytes, int index, int length, boolean last);

  /** The reply cannot come: {@code error} is an encoded error reply that tells why. */
  void fail(byte[] error);
}
