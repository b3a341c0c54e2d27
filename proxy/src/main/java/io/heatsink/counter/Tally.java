package io.heatsink.counter;

import io.heatsink.command.Client;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.Deferred;
import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import org.jspecify.annotations.Nullable;

/** Adds up the replies of several commands that answer one. Confined to its event loop. */
final class Tally implements Deferred {
  private final Place place;
  private int left;
  private long sum;
  private @Nullable WholeReply error;

  Tally(Place place, int replies) {
    this.place = place;
    this.left = replies;
  }

  void add(WholeReply reply) {
    if (reply.isInteger()) {
      sum += reply.integer();
    } else if (error == null) {
      error = reply;
    }
    if (--left == 0) {
      WholeReply failed = error;
      if (failed != null) {
        failed.settle(place);
      } else {
        place.complete(Replies.integer(sum));
      }
    }
  }

  boolean isOpen() {
    return left > 0;
  }

  @Override
  public void release(Client client) {
    // It is on its way.
  }

  @Override
  public boolean holdsBack(Client client, Request next, CommandSpec spec) {
    return isOpen();
  }
}
