package io.heatsink.command;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/**
 * What has bytes to write, written once at the end of an event-loop iteration.
 *
 * <p>Confined to its event loop. One flush an iteration instead of one a read batch is the largest
 * single saving of system calls that was measured ({@code docs/performance.md}).
 */
public final class FlushQueue {

  /** Something with bytes to write. */
  public interface Flushable {
    /** Writes them; called once for each {@link FlushQueue#add}. */
    void flush();
  }

  private final Executor loop;
  private final Runnable task = this::run;
  private final ArrayDeque<Flushable> dirty = new ArrayDeque<>();
  private boolean scheduled;

  /** {@code loop} runs what it is given after the current iteration's reads. */
  public FlushQueue(Executor loop) {
    this.loop = loop;
  }

  /** Has {@code flushable} flushed at the end of this iteration. */
  public void add(Flushable flushable) {
    dirty.add(flushable);
    if (!scheduled) {
      scheduled = true;
      loop.execute(task);
    }
  }

  private void run() {
    scheduled = false;
    for (int left = dirty.size(); left > 0; left--) {
      dirty.remove().flush();
    }
  }
}
