package io.heatsink.upstream;

import io.heatsink.command.ReplySlot;
import org.jspecify.annotations.Nullable;

/** Slots in the order of their commands: a ring that grows. Confined to its event loop. */
final class SlotQueue {

  private static final int INITIAL = 64;

  private @Nullable ReplySlot[] ring = new ReplySlot[INITIAL];
  private int head;
  private int size;

  int size() {
    return size;
  }

  void add(ReplySlot slot) {
    if (size == ring.length) {
      grow();
    }
    ring[(head + size) & (ring.length - 1)] = slot;
    size++;
  }

  @Nullable ReplySlot peek() {
    return size == 0 ? null : ring[head];
  }

  /** Puts another in the place of the first; there is one. */
  void replaceHead(ReplySlot slot) {
    ring[head] = slot;
  }

  @Nullable ReplySlot poll() {
    if (size == 0) {
      return null;
    }
    ReplySlot slot = ring[head];
    ring[head] = null;
    head = (head + 1) & (ring.length - 1);
    size--;
    if (size == 0 && ring.length > INITIAL * 64) {
      ring = new ReplySlot[INITIAL];
      head = 0;
    }
    return slot;
  }

  private void grow() {
    @Nullable ReplySlot[] larger = new ReplySlot[ring.length * 2];
    for (int i = 0; i < size; i++) {
      larger[i] = ring[(head + i) & (ring.length - 1)];
    }
    ring = larger;
    head = 0;
  }
}
