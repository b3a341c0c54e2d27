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
   * A near cache that Redis tells of others' writes, and that keeps nothing while it does not. What
   * Redis does not tell of in time lasts far longer than a round.
   */
  TRACKED {
    @Override
    void configure(TestConfig config) {
      config.cacheTtl(Duration.ofSeconds(20)).untrackedTtl(AT_ONCE);
    }

    @Override
    Level level(long stallNanos) {
      return new Level(TOLERANCE_NANOS + 3 * stallNanos, true);
    }
  },
  /**
   * A near cache that learns of others' writes only by its TTL, since Redis refuses to track. What
   * a client has read from Redis may be newer than what is in memory.
   */
  TTL {
    @Override
    void configure(TestConfig config) {
      config.cacheTtl(TTL_TIME);
    }

    @Override
    Level level(long stallNanos) {
      return new Level(ttlNanos(TTL_TIME) + TOLERANCE_NANOS + 3 * stallNanos, false);
    }

    @Override
    String[] redis() {
      return "--user default on nopass ~* &* +@all -client|tracking".split(" ", -1);
    }
  };

  private static final Duration TTL_TIME = Duration.ofMillis(40);
  private static final Duration AT_ONCE = Duration.ofNanos(1);

  /** What wires, a paused Redis and a busy machine may add. */
  private static final long TOLERANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static long ttlNanos(Duration ttl) {
    return Math.round(ttl.toNanos() * (1 + 5 / 60.0));
  }

  /** What the Redis behind is started with. */
  String[] redis() {
    return new String[0];
  }

  abstract void configure(TestConfig config);

  /**
   * What is promised.
   *
   * @param stallNanos for how long this machine kept threads waiting meanwhile
   */
  abstract Level level(long stallNanos);
}
