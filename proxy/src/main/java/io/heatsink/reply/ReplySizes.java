package io.heatsink.reply;

/**
 * How large the reply to a read was when it came last, of those for which that is worth counting.
 * Confined to its event loop.
 */
public final class ReplySizes {

  /** Whoever reads smaller ones so often that their bytes matter is hot by number. */
  public static final int LEAST_BYTES = 16 * 1024;

  private static final int PLACES = 1024;

  private final long[] reads = new long[PLACES];
  private final long[] sizes = new long[PLACES];
  private boolean any;

  /** The reply to this read, by its hash, had so many bytes. */
  void replied(long read, long bytes) {
    if (bytes >= LEAST_BYTES) {
      any = true;
      reads[place(read)] = read;
      sizes[place(read)] = bytes;
    } else if (any && reads[place(read)] == read) {
      sizes[place(read)] = 0;
    }
  }

  /** How many it had; 0 if they were few or that is not known. */
  public long of(long read) {
    return any && reads[place(read)] == read ? sizes[place(read)] : 0;
  }

  private static int place(long read) {
    return (int) (read >>> 20) & (PLACES - 1);
  }
}
