package io.heatsink.detect;

/**
 * Of the sampled commands on hot keys, how many were answered from memory or travelled with others.
 * Confined to its event loop.
 */
public final class Sampled {

  /*
   * One place for each hash, and hot keys are few: whoever comes to a place that is another's takes
   * it. Counts are halved once they are many, so that they speak of the last while.
   */

  /** Counts of one key. Immutable. */
  public record Counts(long reads, long hits, long writes, long combined) {

    /** Nothing is known. */
    public static final Counts NONE = new Counts(0, 0, 0, 0);

    /** Both together. */
    public Counts plus(Counts other) {
      return new Counts(
          reads + other.reads, hits + other.hits, writes + other.writes, combined + other.combined);
    }
  }

  private static final int PLACES = 4_096;
  private static final int MANY = 4_096;
  private static final int READS = 0;
  private static final int HITS = 1;
  private static final int WRITES = 2;
  private static final int COMBINED = 3;
  private static final int COUNTS = 4;

  private final long[] hashes = new long[PLACES];
  private final int[] counts = new int[PLACES * COUNTS];

  /** A read of the key with this hash. */
  public void read(long hash, boolean isHit) {
    add(hash, READS, HITS, isHit);
  }

  /** A write of the key with this hash. */
  public void write(long hash, boolean isCombined) {
    add(hash, WRITES, COMBINED, isCombined);
  }

  private void add(long hash, int all, int some, boolean isOne) {
    int at = place(hash) * COUNTS;
    if (hashes[place(hash)] != hash) {
      hashes[place(hash)] = hash;
      for (int i = 0; i < COUNTS; i++) {
        counts[at + i] = 0;
      }
    }
    counts[at + all]++;
    counts[at + some] += isOne ? 1 : 0;
    if (counts[at + all] == MANY) {
      counts[at + all] /= 2;
      counts[at + some] /= 2;
    }
  }

  /** What was counted of late of the key with this hash. */
  public Counts of(long hash) {
    int at = place(hash) * COUNTS;
    return hashes[place(hash)] != hash
        ? Counts.NONE
        : new Counts(
            counts[at + READS], counts[at + HITS], counts[at + WRITES], counts[at + COMBINED]);
  }

  private static int place(long hash) {
    return (int) (hash >>> 20) & (PLACES - 1);
  }
}
