package io.heatsink.cluster;

import org.jspecify.annotations.Nullable;

/** The commands of one slot that wait, in their order. Confined to its event loop. */
final class Hold {

  private static final long LEAST_WAIT_NANOS = 5_000_000;
  private static final long MOST_WAIT_NANOS = 200_000_000;

  final int slot;
  private @Nullable Attempt head;
  private @Nullable Attempt tail;
  private long waitNanos;
  private long dueNanos;

  Hold(int slot, long nowNanos) {
    this.slot = slot;
    this.dueNanos = nowNanos;
  }

  /** Each time that what it holds has been refused it waits longer. */
  void waitAfter(@Nullable Hold before, long nowNanos) {
    long last = before == null ? waitNanos : before.waitNanos;
    waitNanos = Math.min(Math.max(2 * last, LEAST_WAIT_NANOS), MOST_WAIT_NANOS);
    dueNanos = nowNanos + waitNanos;
  }

  boolean isDue(long nowNanos) {
    return nowNanos - dueNanos >= 0;
  }

  /** Whatever it waits for may have come. */
  void hurry(long nowNanos) {
    dueNanos = nowNanos;
  }

  @Nullable Attempt first() {
    return head;
  }

  /** Puts it in its place. */
  void add(Attempt attempt) {
    Attempt last = tail;
    Attempt first = head;
    if (last == null || first == null) {
      attempt.next = null;
      head = attempt;
      tail = attempt;
    } else if (attempt.order > last.order) {
      attempt.next = null;
      last.next = attempt;
      tail = attempt;
    } else if (attempt.order < first.order) {
      attempt.next = first;
      head = attempt;
    } else {
      Attempt before = first;
      while (before.next != null && before.next.order < attempt.order) {
        before = before.next;
      }
      attempt.next = before.next;
      before.next = attempt;
    }
  }

  /** Takes the first one out. */
  @Nullable Attempt poll() {
    Attempt first = head;
    if (first != null) {
      head = first.next;
      if (head == null) {
        tail = null;
      }
      first.next = null;
    }
    return first;
  }

  /** Takes out the first one whose time is up. */
  @Nullable Attempt pollOverdue(long nowNanos) {
    Attempt before = null;
    for (Attempt each = head; each != null; before = each, each = each.next) {
      if (each.deadlineNanos - nowNanos <= 0) {
        if (before == null) {
          return poll();
        }
        before.next = each.next;
        if (tail == each) {
          tail = before;
        }
        each.next = null;
        return each;
      }
    }
    return null;
  }
}
