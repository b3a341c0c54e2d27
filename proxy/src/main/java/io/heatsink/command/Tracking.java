package io.heatsink.command;

import java.util.function.Consumer;

/**
 * The backend's promise to tell when a key that was read on one connection changes; it holds until
 * that connection, or the one that the news comes on, is lost. Thread-safe.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/client-side-caching/">Client-side
 *     caching</a>
 */
public final class Tracking {

  private final Consumer<Runnable> news;
  private volatile boolean lost;

  /** {@code news} runs what it is given once the news of all changes before that has come. */
  public Tracking(Consumer<Runnable> news) {
    this.news = news;
  }

  /**
   * Runs {@code then}, perhaps on another thread, once the news of all changes up to now has come;
   * never if the promise is lost before.
   */
  public void whenTold(Runnable then) {
    news.accept(then);
  }

  /** Whether changes may go unnoticed from now on. */
  public boolean isLost() {
    return lost;
  }

  /** What was read under it may be outdated at any time. */
  public void lose() {
    lost = true;
  }
}
