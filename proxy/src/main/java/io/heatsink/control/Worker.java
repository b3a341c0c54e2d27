package io.heatsink.control;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane's one thread: all that it knows is changed there. Thread-safe. */
final class Worker implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private static final long END_SECONDS = 4;

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread made = new Thread(task, "heatsink-control");
            made.setDaemon(true);
            return made;
          });

  Worker() {
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.setRemoveOnCancelPolicy(true);
  }

  /** Runs it soon; not any more once it is closed. */
  @Override
  public void execute(Runnable task) {
    var unused = after(0, task);
  }

  /** Runs it after so many milliseconds; null once it is closed. */
  @Nullable ScheduledFuture<?> after(long millis, Runnable task) {
    try {
      return thread.schedule(() -> run(task), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed", e);
      return null;
    }
  }

  /** Runs it again and again until it is closed. */
  void every(long millis, Runnable task) {
    thread.scheduleWithFixedDelay(() -> run(task), 0, millis, TimeUnit.MILLISECONDS);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.warn("the control plane has failed once", e);
    }
  }

  /** Lets what runs end, which may be Lettuce's loading, and drops the rest. */
  void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
