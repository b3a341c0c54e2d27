package io.heatsink.policy;

import java.util.concurrent.TimeUnit;

/**
 * What is asked for the reads of the keys that match a pattern. Immutable.
 *
 * @param number its place among the rules, from 1 on; 0 is what holds for keys that none matches;
 *     less where it was added while Heatsink runs
 * @param glob which keys
 * @param ttlNanos how old an answer may be; 0 leaves that to the cache
 * @param maxStaleNanos how old it may be while Redis cannot be reached; 0 where that is not allowed
 * @param replicaLagNanos how far a replica may lag that hot keys are read from; 0 for no replica
 */
public record Rule(
    int number, Glob glob, Level level, long ttlNanos, long maxStaleNanos, long replicaLagNanos) {

  private static final int OBSERVING = Integer.MIN_VALUE;
  private static final Glob ANY = new Glob("*");

  /** One whose keys are not read from replicas. */
  public Rule(int number, Glob glob, Level level, long ttlNanos, long maxStaleNanos) {
    this(number, glob, level, ttlNanos, maxStaleNanos, 0);
  }

  /** What holds for keys that no rule matches. */
  static Rule byDefault(Level level) {
    return new Rule(0, ANY, level, 0, 0);
  }

  /** What holds for every key while Heatsink only observes. */
  static Rule observing() {
    return new Rule(OBSERVING, ANY, Level.FRESH, 0, 0);
  }

  /** {@link #maxStaleNanos} in milliseconds. */
  public long maxStaleMillis() {
    return TimeUnit.NANOSECONDS.toMillis(maxStaleNanos);
  }

  /** Names it to a user. */
  @Override
  public String toString() {
    if (number == 0) {
      return "default";
    }
    if (number == OBSERVING) {
      return "mode: observe";
    }
    String name = number > 0 ? "rule " + number : "added rule " + -number;
    return name + ", pattern '" + glob + "'";
  }
}
