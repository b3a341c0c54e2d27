package io.heatsink.reply;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** Answers that wait a moment for the rest of their pipeline. Confined to its event loop. */
final class Corks {

  /*
   * Of a pipeline that is partly answered from memory, or by a flight that was on the wire, the
   * answers at its head would be written at once, and the rest when the backend has replied: two
   * system calls for the client's one, and as many wake-ups of the client. They are held until the
   * batch that came in together is answered, which is when Redis itself would write them, and no
   * longer than HOLD_MICROS where the backend takes its time.
   */

  private static final long HOLD_MICROS = 5_000;

  private final ArrayDeque<ReplyQueue> held = new ArrayDeque<>();
  private final Runnable task = this::release;
  private boolean scheduled;

  /** Has the queue's answers written soon, whatever comes. */
  void hold(ReplyQueue queue, EventLoop loop) {
    held.add(queue);
    if (!scheduled) {
      scheduled = true;
      loop.schedule(task, HOLD_MICROS, TimeUnit.MICROSECONDS);
    }
  }

  private void release() {
    scheduled = false;
    while (!held.isEmpty()) {
      held.remove().uncork();
    }
  }
}
