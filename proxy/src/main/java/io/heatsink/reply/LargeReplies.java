package io.heatsink.reply;

/**
 * Knows the reads whose reply was large when it came last, by their hashes. Confined to its event
 * loop.
 */
public final class LargeReplies {

  /*
   * There is mostly none, and that is seen at one look. A hash has four places where it may stand;
   * if all are taken, one after the other gives way. Whoever is wrongly known, or wrongly not, is
   * answered all the same, only by another way.
   */

  private static final int SETS = 64;
  private static final int WAYS = 4;
  private static final int SWEEPS_KEPT = 600;

  private final long[] hashes = new long[SETS * WAYS];
  private final boolean[] asked = new boolean[SETS * WAYS];
  private int size;
  private int victim;
  private int sweeps;

  /** Whether none is known. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Whether the reply to this read was large. */
  public boolean contains(long hash) {
    int slot = slot(hash);
    if (slot < 0) {
      return false;
    }
    asked[slot] = true;
    return true;
  }

  /** The reply to this read is large; {@code hash} is not 0. */
  public void add(long hash) {
    int slot = slot(hash);
    if (slot < 0) {
      slot = slot(0, first(hash));
      size++;
    }
    if (slot < 0) {
      slot = first(hash) + (victim++ & (WAYS - 1));
      size--;
    }
    hashes[slot] = hash;
    asked[slot] = true;
  }

  /** The reply to this read is not large any more. */
  public void remove(long hash) {
    int slot = slot(hash);
    if (slot >= 0) {
      hashes[slot] = 0;
      size--;
    }
  }

  /** Called every second or so: what nobody reads for ten minutes or twenty is forgotten. */
  public void sweep() {
    if (++sweeps < SWEEPS_KEPT) {
      return;
    }
    sweeps = 0;
    for (int i = 0; i < hashes.length; i++) {
      if (hashes[i] != 0 && !asked[i]) {
        hashes[i] = 0;
        size--;
      }
      asked[i] = false;
    }
  }

  private int slot(long hash) {
    return size == 0 || hash == 0 ? -1 : slot(hash, first(hash));
  }

  private int slot(long hash, int first) {
    for (int i = first; i < first + WAYS; i++) {
      if (hashes[i] == hash) {
        return i;
      }
    }
    return -1;
  }

  private static int first(long hash) {
    return ((int) (hash >>> 20) & (SETS - 1)) * WAYS;
  }
}
