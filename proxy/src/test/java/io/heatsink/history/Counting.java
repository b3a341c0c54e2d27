package io.heatsink.history;

/**
 * One client's step on a counter, or its reading of it.
 *
 * @param step how much it added; 0 for a reading
 * @param total what it was told: its own step is in it, and all before it
 * @param invokedNanos just before it was sent
 * @param returnedNanos just after its reply
 */
public record Counting(long step, long total, long invokedNanos, long returnedNanos) {

  boolean adds() {
    return step != 0;
  }

  boolean isBefore(Counting other) {
    return returnedNanos - other.invokedNanos() < 0;
  }
}
