package io.heatsink.command;

/**
 * The time of an event loop, read once a batch of bytes instead of once a command; and how long the
 * reply at hand was under way.
 *
 * <p>Confined to its event loop.
 */
public final class LaneClock {

  private long nowNanos = System.nanoTime();
  private boolean isDelivering;
  private long sentNanos;
  private long begunNanos;

  /** Nanoseconds on the scale of {@link System#nanoTime} at the last {@link #refresh}. */
  public long nowNanos() {
    return nowNanos;
  }

  /** Reads the time; to be called first in everything that the loop runs. */
  public long refresh() {
    isDelivering = false;
    nowNanos = System.nanoTime();
    return nowNanos;
  }

  /**
   * A whole reply is about to be handed on.
   *
   * @param sent when its command was sent
   * @param begun when the reply before it on its connection had come
   */
  public void delivers(long sent, long begun) {
    isDelivering = true;
    sentNanos = sent;
    begunNanos = begun;
  }

  /** Whether there is a reply at hand; otherwise the other two say nothing. */
  public boolean isDelivering() {
    return isDelivering;
  }

  /** When the command of the reply at hand was sent. */
  public long sentNanos() {
    return sentNanos;
  }

  /** When no other command was before it on its connection. */
  public long begunNanos() {
    return begunNanos - sentNanos > 0 ? begunNanos : sentNanos;
  }
}
