package io.heatsink.upstream;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait between attempts to connect: doubling, at random in its upper half. */
final class Backoff {

  private static final long MIN_MILLIS = 50;
  private static final long MAX_MILLIS = 1_000;

  private long millis = MIN_MILLIS;

  /** The wait before the next attempt, 25 to 1,000 ms. */
  long nextMillis() {
    long wait = millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
    millis = Math.min(millis * 2, MAX_MILLIS);
    return wait;
  }

  /** Whether one had to be waited for since the last success. */
  boolean isUnderWay() {
    return millis > MIN_MILLIS;
  }

  /** An attempt has succeeded. */
  void reset() {
    millis = MIN_MILLIS;
  }
}
