package io.heatsink.command;

/**
 * The backend's promise to tell when a key that was read on one connection changes; it holds until
 * that connection, or the one that the news comes on, is lost. Thread-safe.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/client-side-caching/">Client-side
 *     caching</a>
 */
public final class Tracking {

  private volatile boolean lost;

  /** Whether changes may go unnoticed from now on. */
  public boolean isLost() {
    return lost;
  }

  /** What was read under it may be outdated at any time. */
  public void lose() {
    lost = true;
  }
}
