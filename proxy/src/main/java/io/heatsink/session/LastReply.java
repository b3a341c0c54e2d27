package io.heatsink.session;

import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;

/** The reply to SHUTDOWN, which has none if it works: the connection is closed. */
final class LastReply {

  private LastReply() {}

  /** Passes it on, and closes the session if there is none. */
  static ReplySlot in(Session session, Place place) {
    return WholeReply.then(
        reply -> {
          if (reply.isFailed()) {
            session.close();
          }
          reply.settle(place);
        });
  }
}
