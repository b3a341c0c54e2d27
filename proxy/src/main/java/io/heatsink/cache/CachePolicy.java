package io.heatsink.cache;

import io.heatsink.policy.Rule;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What is kept, how much of it and for how long. Immutable.
 *
 * @param maxBytes all entries together, their overhead included
 * @param maxItemBytes one encoded reply
 * @param ttlNanos how old an answer may be whose key the backend tracks
 * @param untrackedTtlNanos how old any other answer may be
 * @param jitter fraction by which each TTL varies, 0 to 0.5
 * @param readsPerSecond of one key from which its answers are kept, 1 or more
 */
public record CachePolicy(
    long maxBytes,
    int maxItemBytes,
    long ttlNanos,
    long untrackedTtlNanos,
    double jitter,
    double readsPerSecond) {

  private static final double REFRESHED_SHARE = 0.05;

  /** The same, but for the most of one reply. */
  public CachePolicy withItemBytes(int bytes) {
    return new CachePolicy(maxBytes, bytes, ttlNanos, untrackedTtlNanos, jitter, readsPerSecond);
  }

  /** How old an answer may be, jitter apart, by the rule of its key. */
  long ttlNanos(Rule rule, boolean isTracked) {
    long own = rule.ttlNanos() > 0 ? rule.ttlNanos() : ttlNanos;
    boolean isShort = !isTracked && (rule.ttlNanos() == 0 || rule.level().tracks());
    return isShort ? Math.min(own, untrackedTtlNanos) : own;
  }

  /**
   * A TTL drawn uniformly from ttl × (1 ± jitter), so that copies made at one moment do not end at
   * one moment.
   */
  long jitteredTtlNanos(Rule rule, boolean isTracked) {
    long ttl = ttlNanos(rule, isTracked);
    double spread = ThreadLocalRandom.current().nextDouble(-1, 1) * jitter;
    return Math.round(ttl * (1 + spread));
  }

  /**
   * How long before its end an answer is to be asked for anew: XFetch's exponential draw (Vattani,
   * Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015). Its
   * mean is the time that a fill takes, which is too short for a key to be surely read meanwhile,
   * so it is a share of the TTL at least.
   *
   * @return at most half of the TTL
   */
  static long refreshNanos(long ttlNanos, long fillNanos) {
    double mean = Math.max((double) fillNanos, ttlNanos * REFRESHED_SHARE);
    double draw = -Math.log(1 - ThreadLocalRandom.current().nextDouble());
    return (long) Math.min(ttlNanos / 2.0, mean * draw);
  }
}
