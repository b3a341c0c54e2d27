package io.heatsink.advice;

import io.heatsink.metrics.LaneStats;

/**
 * What the backend would have been spared.
 *
 * @param commands all that were observed
 * @param hits reads that would have been answered from memory
 * @param fills reads that would have been sent for that
 * @param coalesced reads that would have shared another's flight
 * @param combined increments that would have travelled with others
 */
public record Savings(long commands, long hits, long fills, long coalesced, long combined) {

  /** What a fill sends besides the read: CLIENT CACHING and PTTL. */
  private static final int FILL_EXTRA = 2;

  /** As lanes have counted it. */
  public static Savings of(LaneStats stats) {
    return new Savings(
        stats.observedCommands,
        stats.wouldHit,
        stats.wouldFill,
        stats.wouldCoalesce,
        stats.wouldCombine);
  }

  /** The part of the commands that would not have reached the backend, what it costs deducted. */
  public double ratio() {
    long saved = hits + coalesced + combined - FILL_EXTRA * fills;
    return commands <= 0 ? 0 : Math.min(1, Math.max(0, (double) saved / commands));
  }
}
