package io.heatsink.benchmarks.load.generator;

import io.heatsink.benchmarks.load.traffic.Workload;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Batches are due at times that no reply delays, and the connection that has been free for longest
 * takes the next. Confined to its event loop.
 *
 * <p>Where none is free a batch is sent late, and its latency counts from when it was due: a
 * subject that stalls is charged for all who would have asked meanwhile, not for one.
 */
final class OpenPace implements Pace {

  private final ScheduledExecutorService loop;
  private final ArrayDeque<Connection> free;
  private final int connections;
  private final Workload workload;
  private final int batch;
  private final Span span;
  private final Schedule schedule;
  private final Tally tally;
  private final Runnable wake = this::wake;
  private boolean isTimed;

  OpenPace(
      ScheduledExecutorService loop,
      List<Connection> connections,
      Workload workload,
      Order order,
      Span span,
      Tally tally) {
    this.loop = loop;
    this.free = new ArrayDeque<>(connections);
    this.connections = connections.size();
    this.workload = workload;
    this.batch = order.load().pipeline();
    this.span = span;
    this.schedule = new Schedule(span, order.perSecond(), batch);
    this.tally = tally;
  }

  @Override
  public void begin() {
    pump(System.nanoTime(), true);
  }

  @Override
  public void free(Connection connection, long nowNanos) {
    boolean otherIsFree = !free.isEmpty();
    free.add(connection);
    pump(nowNanos, otherIsFree);
  }

  private void wake() {
    isTimed = false;
    pump(System.nanoTime(), true);
  }

  /**
   * Sends what is due, and sees to it that somebody comes back when the next is.
   *
   * @param couldSend whether a batch that is late is so by this generator's own fault
   */
  private void pump(long fromNanos, boolean couldSend) {
    long now = fromNanos;
    while (!free.isEmpty() && !schedule.isOver() && schedule.dueNanos() <= now) {
      long due = schedule.dueNanos();
      if (couldSend) {
        tally.late(now - due);
      }
      schedule.advance();
      free.remove().send(workload, batch, due, span);
      now = System.nanoTime();
    }
    if (!isTimed && !free.isEmpty() && !schedule.isOver()) {
      isTimed = true;
      long delay = Math.max(0, schedule.dueNanos() - now);
      loop.schedule(wake, delay, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public boolean isDone() {
    return schedule.isOver() && free.size() == connections;
  }
}
