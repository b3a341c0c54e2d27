package io.heatsink.flight;

import io.heatsink.command.Upstream;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The flights on the wire, or about to leave, by what they carry. Confined to its event loop. */
public final class FlightTable {

  /*
   * Open addressing with linear probing and backward-shift deletion (Knuth, TAOCP 3, 6.4, R): as
   * many entries as there are distinct flights on the wire, so it stays small and in the cache.
   * Of several flights of one identity only the latest stands here; an older one that was
   * overtaken (because a client's next command had to leave after it) lands without a trace.
   */

  private static final int INITIAL = 256;

  private @Nullable Flight[] slots = new Flight[INITIAL];
  private int size;

  /** Whether no flight stands here. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** The latest flight of this identity that stands here, or null. */
  public @Nullable Flight find(Upstream to, long hash, ByteBuf bytes, int index, int length) {
    int mask = slots.length - 1;
    for (int i = slot(hash, mask); ; i = (i + 1) & mask) {
      Flight flight = slots[i];
      if (flight == null || flight.matches(to, hash, bytes, index, length)) {
        return flight;
      }
    }
  }

  /** The flight that gathers behind {@code flight}, or null. */
  public @Nullable Flight gathering(Flight flight) {
    return flight.next;
  }

  /** Has {@code gathering} gather behind {@code flight}. */
  public void gatherBehind(Flight flight, Flight gathering) {
    flight.next = gathering;
    gathering.previous = flight;
  }

  void add(Flight flight) {
    if (size * 2 >= slots.length) {
      grow();
    }
    put(slots, flight);
    size++;
  }

  /** It stands in the table from here on, where the flight before it stood. */
  void replacePrevious(Flight flight) {
    Flight before = flight.previous;
    flight.previous = null;
    if (before != null) {
      before.next = null;
      int at = indexOf(before);
      if (at >= 0) {
        slots[at] = flight;
        return;
      }
    }
    add(flight);
  }

  void landed(Flight flight) {
    Flight waiting = flight.next;
    if (waiting != null) {
      waiting.mayLeave();
      return;
    }
    int at = indexOf(flight);
    if (at >= 0) {
      remove(at);
    }
  }

  private int indexOf(Flight flight) {
    int mask = slots.length - 1;
    for (int i = slot(flight.hash(), mask); slots[i] != null; i = (i + 1) & mask) {
      if (slots[i] == flight) {
        return i;
      }
    }
    return -1;
  }

  private void remove(int at) {
    int mask = slots.length - 1;
    int hole = at;
    slots[hole] = null;
    size--;
    for (int i = (at + 1) & mask; ; i = (i + 1) & mask) {
      Flight flight = slots[i];
      if (flight == null) {
        return;
      }
      int home = slot(flight.hash(), mask);
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        slots[hole] = flight;
        slots[i] = null;
        hole = i;
      }
    }
  }

  private void grow() {
    @Nullable Flight[] larger = new Flight[slots.length * 2];
    for (Flight flight : slots) {
      if (flight != null) {
        put(larger, flight);
      }
    }
    slots = larger;
  }

  private static void put(@Nullable Flight[] into, Flight flight) {
    int mask = into.length - 1;
    int i = slot(flight.hash(), mask);
    while (into[i] != null) {
      i = (i + 1) & mask;
    }
    into[i] = flight;
  }

  private static int slot(long hash, int mask) {
    return (int) (hash >>> 20) & mask;
  }
}
