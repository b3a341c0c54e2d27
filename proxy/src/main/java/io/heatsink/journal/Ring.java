package io.heatsink.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The latest of many things, numbered. Thread-safe, lock-free: a new one takes the oldest's place.
 */
final class Ring<T> {

  private record Numbered<T>(long number, T thing) {}

  private final AtomicReferenceArray<Numbered<T>> places;
  private final AtomicLong next = new AtomicLong();
  private volatile long cleared;

  Ring(int capacity) {
    places = new AtomicReferenceArray<>(capacity);
  }

  /** The number of the next. */
  long nextNumber() {
    return next.getAndIncrement();
  }

  void put(long number, T thing) {
    places.set((int) (number % places.length()), new Numbered<>(number, thing));
  }

  /** The newest first; one that is being put may be missing. */
  List<T> latest(int most) {
    List<T> found = new ArrayList<>();
    long end = next.get();
    long first = Math.max(cleared, end - places.length());
    for (long number = end - 1; number >= first && found.size() < most; number--) {
      Numbered<T> there = places.get((int) (number % places.length()));
      if (there != null && there.number() == number) {
        found.add(there.thing());
      }
    }
    return found;
  }

  int size() {
    return (int) Math.min(places.length(), next.get() - cleared);
  }

  /** Forgets what there is. */
  void clear() {
    cleared = next.get();
  }
}
