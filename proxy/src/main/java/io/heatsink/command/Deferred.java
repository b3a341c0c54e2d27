package io.heatsink.command;

/**
 * Commands of clients that wait to travel together.
 *
 * <p>A client whose command waits here has it sent before its next one, so that its commands run in
 * its order. Confined to its event loop.
 */
public interface Deferred {

  /** Sends what waits, now; harmless when it has been sent. */
  void dispatch();
}
