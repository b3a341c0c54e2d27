package io.heatsink.flight;

import io.heatsink.command.Landings;
import io.heatsink.command.ReplySlot;
import io.heatsink.resp.KeyHash;
import org.jspecify.annotations.Nullable;

/**
 * Reads on the wire that nobody shares, and what gathers behind each. Confined to its event loop.
 */
final class LoneReads implements Landings {

  /*
   * Nearly every read of a key that is not hot is one of these, so it costs a place in this table
   * and nothing else: no flight, no copy of its bytes. Its hash is enough, because nobody is
   * answered with its reply but the one who asked: should two reads of different things have one
   * hash, the second merely waits for the first.
   *
   * Open addressing with linear probing and backward-shift deletion (Knuth, TAOCP 3, 6.4, R).
   */

  private static final int INITIAL = 1024;
  private static final int KEPT = 64 * 1024;

  private long[] hashes = new long[INITIAL];
  private @Nullable ReplySlot[] slots = new ReplySlot[INITIAL];
  private @Nullable ReadFlight[] gathering = new ReadFlight[INITIAL];
  private int size;

  /** Tells this read from others, in whatever way it travels. */
  static long number(long hash, int upstream) {
    return KeyHash.with(hash, upstream);
  }

  /** Where the read of this number stands, or -1; valid until the next change. */
  int find(long number) {
    int mask = slots.length - 1;
    for (int i = home(number, mask); slots[i] != null; i = (i + 1) & mask) {
      if (hashes[i] == number) {
        return i;
      }
    }
    return -1;
  }

  /** What gathers behind the read at {@code i}, or null. */
  @Nullable ReadFlight gathering(int i) {
    return gathering[i];
  }

  /** Has {@code flight} gather behind the read at {@code i}. */
  void gatherBehind(int i, ReadFlight flight) {
    gathering[i] = flight;
    flight.behind(this, hashes[i]);
  }

  /** A flight that gathered leaves early: the next reader no longer waits behind this read. */
  void left(long number, ReadFlight flight) {
    int i = find(number);
    if (i >= 0 && gathering[i] == flight) {
      gathering[i] = null;
    }
  }

  /** Adds a read that is about to be sent, of a number that is not here. */
  void add(long number, ReplySlot slot) {
    if (size * 2 >= slots.length) {
      resize(slots.length * 2);
    }
    put(number, slot, null);
    size++;
  }

  @Override
  public void landed(long number, ReplySlot slot) {
    int i = find(number);
    if (i < 0 || slots[i] != slot) {
      return;
    }
    ReadFlight next = gathering[i];
    remove(i);
    if (size == 0 && slots.length > KEPT) {
      resize(INITIAL);
    }
    if (next != null) {
      next.dispatch();
    }
  }

  private void put(long number, ReplySlot slot, @Nullable ReadFlight behind) {
    int mask = slots.length - 1;
    int i = home(number, mask);
    while (slots[i] != null) {
      i = (i + 1) & mask;
    }
    hashes[i] = number;
    slots[i] = slot;
    gathering[i] = behind;
  }

  private void remove(int at) {
    int mask = slots.length - 1;
    int hole = at;
    slots[hole] = null;
    gathering[hole] = null;
    size--;
    for (int i = (at + 1) & mask; slots[i] != null; i = (i + 1) & mask) {
      int home = home(hashes[i], mask);
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        hashes[hole] = hashes[i];
        slots[hole] = slots[i];
        gathering[hole] = gathering[i];
        slots[i] = null;
        gathering[i] = null;
        hole = i;
      }
    }
  }

  private void resize(int length) {
    long[] oldHashes = hashes;
    @Nullable ReplySlot[] oldSlots = slots;
    @Nullable ReadFlight[] oldGathering = gathering;
    hashes = new long[length];
    slots = new ReplySlot[length];
    gathering = new ReadFlight[length];
    for (int i = 0; i < oldSlots.length; i++) {
      ReplySlot slot = oldSlots[i];
      if (slot != null) {
        put(oldHashes[i], slot, oldGathering[i]);
      }
    }
  }

  private static int home(long number, int mask) {
    return (int) (number >>> 20) & mask;
  }
}
