package io.heatsink.session;

import io.heatsink.command.ReplySlot;
import io.heatsink.upstream.Owner;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What comes on a session's own connection and answers no command: messages, invalidations, its
 * end. Confined to its event loop.
 */
final class Heard implements Owner {

  private final Session session;
  private final Pin pin;

  Heard(Session session, Pin pin) {
    this.session = session;
    this.pin = pin;
  }

  @Override
  public boolean isListening() {
    return pin.subscriptions().isListening();
  }

  @Override
  public boolean claims(ByteBuf bytes, int index, int length) {
    ReplySlot next = next();
    return next == null
        || pin.subscriptions().claims(bytes, index, length, next, session.isResp3());
  }

  @Override
  public void outOfBand(ByteBuf bytes, int index, int length, boolean last) {
    pin.subscriptions().take(bytes, index, length, last, next(), session.queue());
  }

  private @Nullable ReplySlot next() {
    Pipe own = pin.pipe();
    return own == null ? null : own.next();
  }

  @Override
  public void lost(boolean wasReady) {
    pin.lost(wasReady);
  }
}
