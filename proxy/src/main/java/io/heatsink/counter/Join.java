package io.heatsink.counter;

import io.heatsink.command.Client;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.Deferred;
import io.heatsink.resp.Request;

/**
 * Parts that are on their way and answer one command together; the client's next one waits for
 * them. Confined to its event loop.
 */
abstract class Join implements Deferred {

  private int left;

  Join(int parts) {
    this.left = parts;
  }

  /** One more part has come; true if it was the last. */
  final boolean arrived() {
    return --left == 0;
  }

  final boolean isOpen() {
    return left > 0;
  }

  @Override
  public final void release(Client client) {
    // It is on its way.
  }

  @Override
  public final boolean holdsBack(Client client, Request next, CommandSpec spec) {
    return isOpen();
  }
}
