package io.heatsink.command;

import io.heatsink.resp.Request;

/**
 * Commands of clients that wait to travel together.
 *
 * <p>A client whose command waits here has it sent before its next one, so that its commands run in
 * its order. Confined to its event loop.
 */
public interface Deferred {

  /** Sends what waits of this client's, now; harmless when it has been sent. */
  void release(Client client);

  /** Whether the client's next command has to wait until its earlier ones are answered. */
  default boolean holdsBack(Client client, Request next, CommandSpec spec) {
    return false;
  }
}
