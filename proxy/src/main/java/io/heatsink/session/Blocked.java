package io.heatsink.session;

import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.upstream.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A connection on which a client may be blocked. Immutable.
 *
 * @param server whom it leads to
 * @param number what that server knows it by
 */
record Blocked(String server, long number) {

  /** On its loop: those of this client, which are not used by another hereafter. */
  static List<Blocked> of(Session session) {
    WaitForAll waiting = session.description().waiting();
    if (waiting != null) {
      return waiting.blocked();
    }
    Pipe own = session.pin().pipe();
    session.pin().spoil();
    return own == null ? List.of() : of(List.of(own));
  }

  /** Those of these connections whose numbers are known. */
  static List<Blocked> of(List<Pipe> pipes) {
    return pipes.stream()
        .map(pipe -> new Blocked(pipe.toString(), pipe.identity().number()))
        .filter(each -> each.number() != 0)
        .toList();
  }

  /** Has each server unblock its own; the place is told 1 if any of them was blocked. */
  static void end(
      Session asking, List<Blocked> all, Function<Blocked, byte[]> command, Place place) {
    List<WholeReply> replies = new ArrayList<>();
    for (Blocked each : all) {
      asking
          .pipe()
          .sendTo(
              each.server(),
              command.apply(each),
              WholeReply.then(
                  reply -> {
                    replies.add(reply);
                    if (replies.size() == all.size()) {
                      tell(replies, place);
                    }
                  }));
    }
  }

  private static void tell(List<WholeReply> replies, Place place) {
    for (WholeReply reply : replies) {
      if (reply.isError()) {
        reply.settle(place);
        return;
      }
    }
    boolean isAny = replies.stream().anyMatch(each -> each.isInteger() && each.integer() > 0);
    place.complete(Replies.integer(isAny ? 1 : 0));
  }
}
