package io.heatsink.session;

import io.heatsink.command.Place;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Pipe;

/** What a client changes about the connection that it has to itself. Confined to its event loop. */
final class Changes {

  private final Session session;
  private final Pin pin;

  Changes(Session session, Pin pin) {
    this.session = session;
    this.pin = pin;
  }

  /** Redis switches the protocol of this very connection. */
  void hello(Pipe own, Request request) {
    boolean switches = request.argc() > 1 && request.isLong(1);
    boolean resp3 = switches && request.asLong(1) == 3;
    int named = request.find(2, "setname") + 1;
    byte[] name = named > 0 && named < request.argc() ? request.bytes(named) : null;
    make(
        own,
        request,
        () -> {
          session.clients().greeted(name);
          own.identity().named(session.clients().name());
          if (switches) {
            session.resp3(resp3);
          }
        });
  }

  /** What changes this connection and, once agreed, what is known of it. */
  void make(Pipe own, Request request, Runnable agreed) {
    pin.stick();
    Place place = session.reserve();
    boolean isOpen = pin.transaction().isOpen();
    own.send(
        request, isOpen ? pin.transaction().queue(agreed, place) : Tracking.agreed(agreed, place));
  }
}
