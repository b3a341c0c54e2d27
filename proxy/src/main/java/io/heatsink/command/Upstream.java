package io.heatsink.command;

import io.heatsink.resp.Request;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries commands to the backend in the order they were sent.
 *
 * <p>Confined to its event loop. Every send completes its slot exactly once, perhaps at once. Its
 * text names the backend to an operator.
 */
public interface Upstream {

  /** Tells connections apart, those of all lanes; never {@link Writes#UNORDERED}. */
  int number();

  /**
   * The promise under which the next read after {@code CLIENT CACHING YES} is answered, or null
   * where the backend does not give it (yet): it is asked for by this call.
   */
  @Nullable Tracking tracking();

  /** Where commands on this key travel: here, unless keys are spread over nodes. */
  default Upstream of(byte[] key) {
    return this;
  }

  /**
   * Where reads of one key travel that a replica may answer if it lags no more than so: here,
   * unless there are replicas. Their key is the second word.
   */
  default Upstream replicas(long maxLagNanos) {
    return this;
  }

  /** Sends one encoded command about the connection itself, and not a key. */
  default void sendHere(byte[] encoded, ReplySlot slot) {
    send(encoded, slot);
  }

  /** Sends a request as it came; its bytes are copied or retained. */
  void send(Request request, ReplySlot slot);

  /** Sends one encoded command of our own. */
  void send(byte[] encoded, int length, ReplySlot slot);

  /** Sends one encoded command of our own. */
  default void send(byte[] encoded, ReplySlot slot) {
    send(encoded, encoded.length, slot);
  }

  /**
   * Whether it was lost, or could not be connected, and is not there again; false for one that
   * nobody has tried to connect yet.
   */
  boolean isDown();

  /** Whether its bounds are reached, so that clients must be paused. */
  boolean isFull();

  /** Runs {@code resume} once when there is room again, or when the connection is gone. */
  void whenRoom(Runnable resume);
}
