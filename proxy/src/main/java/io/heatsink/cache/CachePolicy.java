package io.heatsink.cache;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How much is kept and for how long. Immutable.
 *
 * @param maxBytes all entries together, their overhead included
 * @param maxItemBytes one encoded reply
 * @param ttlNanos how old an answer may be
 * @param jitter fraction by which each TTL varies, 0 to 0.5
 */
public record CachePolicy(long maxBytes, int maxItemBytes, long ttlNanos, double jitter) {

  /**
   * A TTL drawn uniformly from ttl × (1 ± jitter), so that copies made at one moment do not end at
   * one moment.
   */
  long jitteredTtlNanos() {
    double spread = ThreadLocalRandom.current().nextDouble(-1, 1) * jitter;
    return Math.round(ttlNanos * (1 + spread));
  }
}
