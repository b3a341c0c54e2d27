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

  /**
   * What the connection knew of the client (a transaction, subscriptions) is lost with it, and the
   * client must learn of that as it would from Redis.
   */
  @Override
  public void lost(boolean wasReady) {
    Pipe own = pin.pipe();
    if (!wasReady) {
      pin.abandon();
    } else if (own != null && own.isTunnel()) {
      // In a tunnel no reply is told from another, so none can be owed.
      session.close();
    } else {
      session.closeAfterReplies();
    }
  }
}
