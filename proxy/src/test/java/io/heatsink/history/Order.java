package io.heatsink.history;

import java.util.BitSet;

/** A strict partial order of numbered things, kept transitively closed. */
final class Order {

  private final BitSet[] after;

  Order(int size) {
    after = new BitSet[size];
    for (int i = 0; i < size; i++) {
      after[i] = new BitSet(size);
    }
  }

  Order(Order other) {
    after = new BitSet[other.after.length];
    for (int i = 0; i < after.length; i++) {
      after[i] = (BitSet) other.after[i].clone();
    }
  }

  /** Puts one thing before another; false where it is known to come after. */
  boolean put(int before, int later) {
    if (before == later || after[later].get(before)) {
      return false;
    }
    if (!after[before].get(later)) {
      for (int i = 0; i < after.length; i++) {
        if (i == before || after[i].get(before)) {
          after[i].or(after[later]);
          after[i].set(later);
        }
      }
    }
    return true;
  }
}
