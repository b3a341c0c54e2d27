package io.heatsink.reply;

import io.heatsink.command.Looks;

/** Which keys a client is reading. Confined to its event loop. */
final class ReadsUnderWay implements Looks {

  /*
   * A read is under way until its place in the reply order has been answered: places are numbered
   * as they are taken, and a mark whose number has been passed is over, so nothing is ever cleared.
   * That matters for a client that always has something under way, as one does whose library sends
   * the commands of many threads over one connection.
   *
   * A key has a few slots to be in. Where all are taken by others, no key is told from another
   * until that read is over.
   */

  private static final int SLOTS = 64;
  private static final int PROBES = 4;

  private long[] keys = {};
  private long[] reads = {};
  private long[] places = {};

  /** The latest place of a read, and of one that found no slot. */
  private long latest;

  private long unplaced;
  private long taken;
  private long answered;

  /** A place has been taken. */
  void taken() {
    taken++;
  }

  /** The first place that was not has been answered. */
  void answered() {
    answered++;
  }

  @Override
  public void at(long keyHash, long read) {
    if (taken == answered) {
      return;
    }
    if (keys.length == 0) {
      keys = new long[SLOTS];
      reads = new long[SLOTS];
      places = new long[SLOTS];
    }
    latest = taken;
    int free = -1;
    for (int probe = 0; probe < PROBES; probe++) {
      int i = slot(keyHash, probe);
      if (places[i] <= answered) {
        free = i;
      } else if (keys[i] == keyHash) {
        reads[i] = reads[i] == read ? read : SEVERAL;
        places[i] = taken;
        return;
      }
    }
    if (free < 0) {
      unplaced = taken;
      return;
    }
    keys[free] = keyHash;
    reads[free] = unplaced > answered ? SEVERAL : read;
    places[free] = taken;
  }

  @Override
  public boolean any() {
    return latest > answered;
  }

  @Override
  public long of(long keyHash) {
    return latest > answered ? find(keyHash) : NONE;
  }

  private long find(long keyHash) {
    for (int probe = 0; probe < PROBES; probe++) {
      int i = slot(keyHash, probe);
      if (keys[i] == keyHash && places[i] > answered) {
        return reads[i];
      }
    }
    return unplaced > answered ? SEVERAL : NONE;
  }

  private static int slot(long keyHash, int probe) {
    return ((int) keyHash + probe) & (SLOTS - 1);
  }
}
