package io.heatsink.history;

/**
 * What a read may return.
 *
 * @param slackNanos for how long a read through a Heatsink may miss what only others know; 0 makes
 *     histories linearizable
 * @param isMonotonic whether a client that read a value never reads an older one after it
 */
public record Level(long slackNanos, boolean isMonotonic) {

  /** A read returns a value that was current at some moment after it began. */
  public static final Level COALESCED = new Level(0, true);

  /**
   * Whether the value of {@code earlier} must have been written before that of {@code later}, or be
   * the same.
   *
   * <p>A write, and a read straight from Redis, come after all that anybody knew before. A read
   * through a Heatsink comes after its own client's writes, and mostly its reads, after all writes
   * that this Heatsink has acknowledged, and after anything at all once the slack is over.
   */
  boolean orders(Operation earlier, Operation later) {
    if (!earlier.isKnown()) {
      return false;
    }
    boolean sameClient = earlier.client() == later.client();
    boolean isExact = later.isWrite() || later.via() == Operation.DIRECT;
    if (sameClient && (isMonotonic || earlier.isWrite() || isExact)) {
      return earlier.number() < later.number();
    }
    boolean atOnce = isExact || (earlier.isWrite() && earlier.via() == later.via());
    return later.invokedNanos() - earlier.returnedNanos() > (atOnce ? 0 : slackNanos);
  }
}
