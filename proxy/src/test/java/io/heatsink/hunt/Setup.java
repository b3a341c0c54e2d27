package io.heatsink.hunt;

import io.heatsink.config.HeatsinkConfig;
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
    Level level(int register, long stallNanos) {
      return Level.COALESCED;
    }

    @Override
    boolean caches() {
      return false;
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
    Level level(int register, long stallNanos) {
      return new Level(2 * TOLERANCE_NANOS + 3 * stallNanos, true);
    }
  },
  /** The same where nobody writes through a Heatsink, so that all hangs on what Redis tells. */
  FOREIGN {
    @Override
    void configure(TestConfig config) {
      TRACKED.configure(config);
    }

    @Override
    Level level(int register, long stallNanos) {
      return TRACKED.level(register, stallNanos);
    }

    @Override
    int proxiedWriteEvery() {
      return Integer.MAX_VALUE;
    }
  },
  /**
   * The same, but the first registers are fresh, and one client of each Heatsink wants all of them
   * so while the others read them from memory.
   */
  FRESH {
    @Override
    void configure(TestConfig config) {
      TRACKED.configure(config);
      config.rule("r:[0-" + (FRESH_REGISTERS - 1) + "]", HeatsinkConfig.Level.FRESH);
    }

    @Override
    Level level(int register, long stallNanos) {
      return register < FRESH_REGISTERS ? Level.COALESCED : TRACKED.level(register, stallNanos);
    }

    @Override
    boolean isFresh(int client) {
      return client == 0;
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
    Level level(int register, long stallNanos) {
      return new Level(ttlNanos(TTL_TIME) + TOLERANCE_NANOS + 3 * stallNanos, false);
    }

    @Override
    Behind behind() {
      return new OneRedis("--user default on nopass ~* &* +@all -client|tracking".split(" ", -1));
    }
  },
  /**
   * No near cache, and reads of hot registers go to a replica. It shows late what others write, and
   * a read of the primary may have shown that before; what its own Heatsink has acknowledged,
   * never.
   */
  REPLICAS {
    @Override
    void configure(TestConfig config) {
      config.cache(false).hot(10, 0.001, 0, Duration.ofSeconds(10));
      config.replicas("r:*", HeatsinkConfig.Level.COALESCED, REPLICA_LAG);
    }

    @Override
    Level level(int register, long stallNanos) {
      return new Level(REPLICA_LAG.toNanos() + 2 * TOLERANCE_NANOS + 3 * stallNanos, false);
    }

    @Override
    int proxiedWriteEvery() {
      return 40;
    }

    @Override
    boolean caches() {
      return false;
    }

    @Override
    Behind behind() {
      return new WithReplica();
    }

    @Override
    boolean hasReplica() {
      return true;
    }
  },
  /** As TRACKED before a cluster, whose slots move. */
  CLUSTER {
    @Override
    void configure(TestConfig config) {
      TRACKED.configure(config);
    }

    @Override
    Level level(int register, long stallNanos) {
      return TRACKED.level(register, stallNanos);
    }

    @Override
    Behind behind() {
      return new WithCluster();
    }
  };

  private static final Duration REPLICA_LAG = Duration.ofMillis(100);
  private static final int FRESH_REGISTERS = 2;
  private static final Duration TTL_TIME = Duration.ofMillis(40);
  private static final Duration AT_ONCE = Duration.ofNanos(1);

  /** What wires, a paused Redis and a busy machine may add. */
  private static final long TOLERANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static long ttlNanos(Duration ttl) {
    return Math.round(ttl.toNanos() * (1 + 5 / 60.0));
  }

  /** Of so many steps of a client of a Heatsink one writes. */
  int proxiedWriteEvery() {
    return 14;
  }

  /** What keeps the data. */
  Behind behind() {
    return new OneRedis();
  }

  abstract void configure(TestConfig config);

  /** Whether hot registers are answered from memory. */
  boolean caches() {
    return true;
  }

  /** Whether the Redis behind has a replica that is read from. */
  boolean hasReplica() {
    return false;
  }

  /** Whether this client of each Heatsink asks for fresh reads. */
  boolean isFresh(int client) {
    return false;
  }

  /**
   * What is promised of a register.
   *
   * @param stallNanos for how long this machine kept threads waiting meanwhile
   */
  abstract Level level(int register, long stallNanos);
}
