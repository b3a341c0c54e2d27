package io.heatsink.command;

import java.util.Arrays;

/** Which words of a request are keys. Reused from request to request; confined to its loop. */
public final class KeyPositions {

  private static final int KEPT = 1024;

  private int[] positions = new int[16];
  private int count;

  /** Number of keys. */
  public int count() {
    return count;
  }

  /** The word that is key {@code i}. */
  public int get(int i) {
    return positions[i];
  }

  void clear() {
    count = 0;
    if (positions.length > KEPT) {
      positions = new int[16];
    }
  }

  void add(int position) {
    if (count == positions.length) {
      positions = Arrays.copyOf(positions, count * 2);
    }
    positions[count++] = position;
  }
}
