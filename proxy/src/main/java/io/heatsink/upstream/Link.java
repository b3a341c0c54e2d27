package io.heatsink.upstream;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Upstream;
import io.heatsink.resp.Request;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the commands of all clients of one user, database and protocol travel on: one connection, or
 * one to each node that has a part of the keys. Confined to its event loop.
 */
public interface Link extends Upstream {

  /** What its commands have in common. */
  PipeKey key();

  /** Whether the backend lets in only who authenticates, and this does not. */
  boolean isStranger();

  /** Begins to connect, if it has not yet. */
  void open();

  /** Calls back with null once it is ready, or with the error reply that it got. */
  void whenOpen(Consumer<byte @Nullable []> listener);

  /**
   * Which of 64 equal ranges of slots this request's keys are in, as bits; all of them if that
   * cannot be known. 0 where keys are not spread over nodes.
   */
  default long parts(Request request, CommandSpec spec) {
    return 0;
  }

  /** Whether bounds are reached where this request would travel, so that its client must wait. */
  default boolean isFull(Request request, CommandSpec spec) {
    return isFull();
  }

  /**
   * Sends one encoded command that concerns this server, whichever keys it has; here where there is
   * but one.
   *
   * @param server as a connection to it is named
   */
  default void sendTo(String server, byte[] encoded, ReplySlot slot) {
    send(encoded, slot);
  }
}
