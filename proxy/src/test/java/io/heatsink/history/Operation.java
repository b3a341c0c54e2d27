package io.heatsink.history;

/**
 * One client's read or write of a register.
 *
 * @param client who asked; its operations are in the order of {@code number}
 * @param number place in the client's own order
 * @param via the Heatsink it went through, or {@link #DIRECT}
 * @param isWrite whether it wrote the value, else it read it
 * @param value the number written or read, each written once only; {@link #ABSENT} where the key
 *     was removed or not there
 * @param invokedNanos just before it was sent
 * @param returnedNanos just after its reply, or {@link #UNKNOWN}
 * @param command what it was, for a reader of the history
 */
public record Operation(
    int client,
    int number,
    int via,
    boolean isWrite,
    long value,
    long invokedNanos,
    long returnedNanos,
    String command) {

  /** Straight to Redis. */
  public static final int DIRECT = -1;

  /** No value: what a DEL writes, and what a read finds after it. */
  public static final long ABSENT = 0;

  /** The time of a reply that never came: a write may take effect at any time, or never. */
  public static final long UNKNOWN = Long.MAX_VALUE;

  /** Whether its reply has come. */
  public boolean isKnown() {
    return returnedNanos != UNKNOWN;
  }

  /** For a history: the times in µs since {@code startNanos}. */
  String toString(long startNanos) {
    String until = isKnown() ? Long.toString((returnedNanos - startNanos) / 1_000) : "?";
    return "%8d..%-8s client %d %s %s %s [%s]"
        .formatted(
            (invokedNanos - startNanos) / 1_000,
            until,
            client,
            via == DIRECT ? "direct" : "via " + via,
            isWrite ? "writes" : "reads",
            value == ABSENT ? "nothing" : value,
            command);
  }
}
