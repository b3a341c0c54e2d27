package io.heatsink.counter;

import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import org.jspecify.annotations.Nullable;

/** Adds up the replies of several commands that answer one. Confined to its event loop. */
final class Tally extends Join {
  private final Place place;
  private long sum;
  private @Nullable WholeReply error;

  Tally(Place place, int replies) {
    super(replies);
    this.place = place;
  }

  void add(WholeReply reply) {
    if (reply.isInteger()) {
      sum += reply.integer();
    } else if (error == null) {
      error = reply;
    }
    if (arrived()) {
      WholeReply failed = error;
      if (failed != null) {
        failed.settle(place);
      } else {
        place.complete(Replies.integer(sum));
      }
    }
  }
}
