package io.heatsink.benchmarks.load.traffic;

import java.util.function.IntSupplier;

/** Numbers drawn beforehand, over and over: a draw costs one load. For one thread. */
final class Ring {

  private final int[] drawn;
  private int next;

  private Ring(int[] drawn) {
    this.drawn = drawn;
  }

  /** Draws {@code size} numbers. */
  static Ring draw(int size, IntSupplier source) {
    int[] drawn = new int[size];
    for (int i = 0; i < size; i++) {
      drawn[i] = source.getAsInt();
    }
    return new Ring(drawn);
  }

  static Ring of(int[] numbers) {
    return new Ring(numbers);
  }

  int next() {
    int at = next;
    next = at + 1 == drawn.length ? 0 : at + 1;
    return drawn[at];
  }
}
