package io.heatsink.detect;

/**
 * A lane's word that the reads, or the writes, of a key are hot.
 *
 * @param rate reads or writes a second over the lane's window
 * @param share of all commands, 0 to 1
 * @param error of the rate, commands a second
 */
record Promotion(
    TrackedKey key, boolean write, double rate, double share, double error, long nowNanos) {}
