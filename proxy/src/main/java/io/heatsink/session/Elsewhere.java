package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import java.util.Locale;

/**
 * Commands of a subscriber whose keys are on another node than the one it listens on. Confined to
 * its event loop.
 */
final class Elsewhere {

  private Elsewhere() {}

  /**
   * What any connection may carry travels as if nobody listened; what needs one of the client's own
   * is an error. False where the node that it listens on is to answer.
   */
  static boolean takes(Session session, Request request, CommandSpec spec) {
    if (!spec.accepts(request)) {
      return false;
    }
    boolean isShared =
        switch (spec.handling()) {
          case FORWARD, READ, GET, MGET, COUNTER, SCRIPT, CLUSTER -> true;
          case MAYBE_BLOCKING -> !request.has(1, "block");
          default -> false;
        };
    if (session.isResp3() && isShared) {
      return session.route(request, spec);
    }
    if (session.isResp3()) {
      session.answer(
          Replies.error(
              "ERR Heatsink: this connection listens on another node of the cluster; send "
                  + spec.name().toUpperCase(Locale.ROOT)
                  + " on a connection of its own"));
    }
    return session.isResp3();
  }
}
