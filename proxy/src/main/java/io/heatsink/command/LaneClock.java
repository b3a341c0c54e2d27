package io.heatsink.command;

/**
 * The time of an event loop, read once a batch of bytes instead of once a command.
 *
 * <p>Confined to its event loop.
 */
public final class LaneClock {

  private long nowNanos = System.nanoTime();

  /** Nanoseconds on the scale of {@link System#nanoTime} at the last {@link #refresh}. */
  public long nowNanos() {
    return nowNanos;
  }

  /** Reads the time; to be called first in everything that the loop runs. */
  public long refresh() {
    nowNanos = System.nanoTime();
    return nowNanos;
  }
}
