package io.heatsink.control;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane's one thread: all that it knows is changed there. Thread-safe. */
final class Worker implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "heatsink-control");
            made.setDaemon(true);
            return made;
          });

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

  /** Lets what runs end, and drops the rest. */
  void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(1, TimeUnit.SECONDS)) {
        LOG.warn("the control plane does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
