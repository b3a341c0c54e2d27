package io.heatsink.detect;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of counters for any number of keys, each with a count for every pane of the
 * window. Confined to its event loop.
 */
final class CounterTable {

  /*
   * Set-associative, with Randomised Admission: Ben Basat, Einziger, Friedman and Kassner,
   * "Randomized Admission Policy for Efficient Top-k and Frequency Estimation", INFOCOM 2017
   * (their d-way variant). A key without a counter takes that of the smallest in its set with
   * probability weight / (smallest + weight), and goes on from its count. Space-Saving (Metwally,
   * Agrawal, El Abbadi, ICDT 2005) always takes it, so that a stream of rare keys inflates and
   * shuffles the small counters; here most rare keys leave no trace, while a frequent one gets in
   * after a few tries, and in expectation with the count it would have had.
   *
   * What a key inherited is remembered and, once the key has a name, falls out of the window with
   * the oldest panes first: that part of the count is the oldest.
   *
   * A slot is known by its 64-bit seeded hash. The bytes of a key are kept only while it is worth a
   * name: an admission copies nothing, and a flood of rare keys allocates nothing.
   *
   * Panes are chars: a pane is over after Window.PANE_COMMANDS, and one sample more weighs at most
   * DetectorSettings.MAX_SAMPLING; their sum fits.
   */

  static final int SLOTS = 4096;

  /** All names of a lane together occupy at most so much. */
  static final int MAX_NAME_BYTES = 96 * 1024;

  private static final int WAYS = 8;
  private static final int SET_SHIFT = Long.SIZE - Integer.numberOfTrailingZeros(SLOTS / WAYS);

  private final SplittableRandom random;
  private final long[] hashes = new long[SLOTS];
  private final int[] counts = new int[SLOTS];
  private final char[] inherited = new char[SLOTS];
  private final char[][] panes = new char[Window.PANES + 1][SLOTS];
  private final @Nullable TrackedKey[] names = new @Nullable TrackedKey[SLOTS];
  private final int[] namedSlots = new int[MAX_NAME_BYTES / TrackedKey.footprintBytes(0)];
  private int namedSize;
  private int nameBytes;
  private int current;
  private char[] pane = panes[0];
  private char[] previous = panes[Window.PANES];
  private char[] oldest = panes[1];

  CounterTable(SplittableRandom random) {
    this.random = random;
  }

  /** Counts {@code weight} commands; returns the key's slot, or -1 when it has none. */
  int add(long hash, int weight) {
    int first = (int) (hash >>> SET_SHIFT) * WAYS;
    for (int slot = first; slot < first + WAYS; slot++) {
      if (hashes[slot] == hash) {
        return increase(slot, weight);
      }
    }
    return admit(hash, first, weight);
  }

  /** The slot of a key that has one, or -1. */
  int find(long hash) {
    int first = (int) (hash >>> SET_SHIFT) * WAYS;
    for (int slot = first; slot < first + WAYS; slot++) {
      if (hashes[slot] == hash) {
        return slot;
      }
    }
    return -1;
  }

  private int admit(long hash, int first, int weight) {
    int smallestAndWay = counts[first] * WAYS;
    for (int way = 1; way < WAYS; way++) {
      smallestAndWay = Math.min(smallestAndWay, counts[first + way] * WAYS + way);
    }
    int slot = first + (smallestAndWay & (WAYS - 1));
    long smallest = counts[slot];
    if (smallest > 0 && (random.nextLong() >>> 32) * (smallest + weight) >= (long) weight << 32) {
      return -1;
    }
    if (names[slot] != null) {
      forgetNamed(indexOfNamed(slot));
    }
    hashes[slot] = hash;
    inherited[slot] = (char) Math.min(smallest, Character.MAX_VALUE);
    return increase(slot, weight);
  }

  private int increase(int slot, int weight) {
    counts[slot] += weight;
    pane[slot] += (char) weight;
    return slot;
  }

  /** The count over all panes, of which the oldest has partly left the window. */
  int count(int slot) {
    return counts[slot];
  }

  /** The count in the current pane and the one before. */
  int burstCount(int slot) {
    return pane[slot] + previous[slot];
  }

  /** The count over the window, see {@link Window#fraction}. */
  double estimate(int slot, double fraction) {
    return counts[slot] - fraction * oldest[slot];
  }

  /** By how much the count may be too high for what an evicted key left. */
  int inherited(int slot) {
    return inherited[slot];
  }

  /** Begins a pane; the oldest one is forgotten. */
  void turn() {
    current = current == Window.PANES ? 0 : current + 1;
    previous = pane;
    pane = panes[current];
    oldest = panes[current == Window.PANES ? 0 : current + 1];
    for (int slot = 0; slot < SLOTS; slot++) {
      counts[slot] -= pane[slot];
    }
    for (int i = 0; i < namedSize; i++) {
      int slot = namedSlots[i];
      inherited[slot] = (char) Math.max(0, inherited[slot] - pane[slot]);
    }
    Arrays.fill(pane, (char) 0);
  }

  /** Forgets every count and every name. */
  void clear() {
    Arrays.fill(counts, 0);
    Arrays.fill(inherited, (char) 0);
    Arrays.fill(names, null);
    for (char[] each : panes) {
      Arrays.fill(each, (char) 0);
    }
    namedSize = 0;
    nameBytes = 0;
  }

  /** The key of a slot, null unless it was named. */
  @Nullable TrackedKey name(int slot) {
    return names[slot];
  }

  /** Whether a named slot counts the writes of its key. */
  boolean isWrite(int slot) {
    TrackedKey name = names[slot];
    return name != null && name.hash != hashes[slot];
  }

  /** Whether the names leave room for that of a key of {@code length} bytes. */
  boolean hasRoomForName(int length) {
    return nameBytes + TrackedKey.footprintBytes(length) <= MAX_NAME_BYTES;
  }

  /** How much of the room for names is taken, 0 to 1. */
  double namesUsed() {
    return (double) nameBytes / MAX_NAME_BYTES;
  }

  /** Names a slot that has no name, for which there must be room. */
  void setName(int slot, TrackedKey name) {
    assert names[slot] == null : "named twice";
    names[slot] = name;
    namedSlots[namedSize++] = slot;
    nameBytes += name.footprintBytes();
  }

  /** Takes the names of slots whose count is below {@code limit}. */
  void forgetBelow(int limit) {
    for (int i = namedSize - 1; i >= 0; i--) {
      if (counts[namedSlots[i]] < limit) {
        forgetNamed(i);
      }
    }
  }

  /** How many slots have a name. */
  int namedSize() {
    return namedSize;
  }

  /** The slots that have a name, {@code 0 <= i < namedSize()}, in no order. */
  int namedSlot(int i) {
    return namedSlots[i];
  }

  /** A search, but a named slot is seldom the smallest of its set. */
  private int indexOfNamed(int slot) {
    int i = 0;
    while (namedSlots[i] != slot) {
      i++;
    }
    return i;
  }

  private void forgetNamed(int i) {
    int slot = namedSlots[i];
    TrackedKey name = names[slot];
    if (name != null) {
      nameBytes -= name.footprintBytes();
      names[slot] = null;
    }
    namedSlots[i] = namedSlots[--namedSize];
  }
}
