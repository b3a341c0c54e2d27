package io.heatsink.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Looks after files once a second, on a thread of its own if there are any. Thread-safe. */
public final class FileWatch implements AutoCloseable {

  private static final long LOOK_MILLIS = 1_000;

  private final List<Watched<?>> all = new CopyOnWriteArrayList<>();
  private final ScheduledThreadPoolExecutor worker =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "heatsink-files");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Makes something of files, and makes it anew when they change.
   *
   * @throws IOException if that does not work the first time; the message names the file
   */
  public <T> Watched<T> watch(List<Path> files, Watched.Maker<T> maker) throws IOException {
    Watched<T> watched = new Watched<>(files, maker);
    if (all.isEmpty()) {
      worker.scheduleWithFixedDelay(
          () -> all.forEach(each -> each.look(false)),
          LOOK_MILLIS,
          LOOK_MILLIS,
          TimeUnit.MILLISECONDS);
    }
    all.add(watched);
    return watched;
  }

  /** Has someone look at these files now: what they said last was of no use. */
  public void suspect(Watched<?> watched) {
    try {
      worker.execute(() -> watched.look(true));
    } catch (RejectedExecutionException closed) {
      // Nobody needs to know any more.
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
