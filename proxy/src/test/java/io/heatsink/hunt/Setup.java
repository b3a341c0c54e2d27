package io.heatsink.hunt;

import io.heatsink.history.Level;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A way to configure Heatsink, and what it promises then. */
enum Setup {
  /** No near cache. */
  COALESCED {
    @Override
    void configure(TestConfig config) {
      config.cache(false);
    }

    @Override
    Level level(long stallNanos) {
      return Level.COALESCED;
    }
  },
  /**
   * A near cache that learns of others' writes only by its TTL. What a client has read from Redis
   * may be newer than what is in memory.
   */
  TTL {
    @Override
    void configure(TestConfig config) {
      config.cacheTtl(TTL_TIME);
    }

    @Override
    Level level(long stallNanos) {
      long ttl = Math.round(TTL_TIME.toNanos() * (1 + 5 / 60.0));
      return new Level(ttl + TOLERANCE_NANOS + 3 * stallNanos, false);
    }
  };

  private static final Duration TTL_TIME = Duration.ofMillis(40);
  private static final long TOLERANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  abstract void configure(TestConfig config);

  /**
   * What is promised.
   *
   * @param stallNanos for how long this machine kept threads waiting meanwhile
   */
  abstract Level level(long stallNanos);
}
