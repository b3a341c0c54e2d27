package io.heatsink.upstream;

import io.heatsink.command.LaneClock;
import io.heatsink.command.ReplySlot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Slots in the order of their commands, and when those were sent: a ring that grows. Confined to
 * its event loop.
 */
final class SlotQueue {

  private static final int INITIAL = 64;

  private final LaneClock clock;
  private @Nullable ReplySlot[] ring = new ReplySlot[INITIAL];
  private long[] sentNanos = new long[INITIAL];
  private long repliedNanos;
  private int head;
  private int size;

  SlotQueue(LaneClock clock) {
    this.clock = clock;
    this.repliedNanos = clock.nowNanos();
  }

  int size() {
    return size;
  }

  void add(ReplySlot slot) {
    if (size == ring.length) {
      grow();
    }
    int last = (head + size) & (ring.length - 1);
    ring[last] = slot;
    sentNanos[last] = clock.nowNanos();
    size++;
  }

  /** Whether the first one waits, and no reply has come, since before then. */
  boolean isSilentSince(long nanos) {
    return size > 0 && sentNanos[head] - nanos < 0 && repliedNanos - nanos < 0;
  }

  @Nullable ReplySlot peek() {
    return size == 0 ? null : ring[head];
  }

  /** Puts another in the place of the first; there is one. */
  void replaceHead(ReplySlot slot) {
    ring[head] = slot;
  }

  /** The first leaves: its reply is there, and the clock is told how long it was under way. */
  @Nullable ReplySlot poll() {
    if (size == 0) {
      return null;
    }
    ReplySlot slot = ring[head];
    clock.delivers(sentNanos[head], repliedNanos);
    repliedNanos = clock.nowNanos();
    ring[head] = null;
    head = (head + 1) & (ring.length - 1);
    size--;
    if (size == 0 && ring.length > INITIAL * 64) {
      ring = new ReplySlot[INITIAL];
      sentNanos = new long[INITIAL];
      head = 0;
    }
    return slot;
  }

  private void grow() {
    @Nullable ReplySlot[] larger = new ReplySlot[ring.length * 2];
    long[] times = Arrays.copyOf(sentNanos, larger.length);
    for (int i = 0; i < size; i++) {
      int from = (head + i) & (ring.length - 1);
      larger[i] = ring[from];
      times[i] = sentNanos[from];
    }
    ring = larger;
    sentNanos = times;
    head = 0;
  }
}
