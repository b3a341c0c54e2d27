package io.heatsink.control;

import io.heatsink.topology.Replication;
import io.heatsink.topology.Topology;
import io.heatsink.topology.TopologySource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source that looks again and again: now and then as long as nobody minds, often for a while
 * after somebody had a suspicion, because what is suspected (a dead primary) may show only later.
 *
 * <p>What {@link TopologySource} has is thread-safe, everything else confined to the worker.
 */
abstract class Watcher implements TopologySource {

  private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

  /** Between the beginnings of two looks, at least. */
  private static final long GAP_MILLIS = 100;

  private static final long ALERT_MILLIS = 250;
  private static final long ALERT_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(2);

  final Access access;
  final Worker worker;
  private final long calmMillis;
  private final Replication replication = new Replication();
  private final List<Consumer<Topology>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean suspected = new AtomicBoolean();
  private volatile Topology current = Topology.unknown();
  private volatile boolean closed;
  private @Nullable Links links;
  private @Nullable ScheduledFuture<?> next;
  private boolean looking;
  private long lookedNanos;
  private long alertUntilNanos = System.nanoTime();

  /**
   * A source that has not looked yet.
   *
   * @param calmMillis between two looks while all is well
   */
  Watcher(Access access, Worker worker, long calmMillis) {
    this.access = access;
    this.worker = worker;
    this.calmMillis = calmMillis;
  }

  /** Asks, and publishes what it finds before the future ends. */
  abstract CompletableFuture<?> look();

  /** Begins to look, through these. */
  void start(Links through) {
    links = through;
    round();
  }

  final Links links() {
    return Objects.requireNonNull(links, "not started");
  }

  @Override
  public Topology current() {
    return current;
  }

  @Override
  public Replication replication() {
    return replication;
  }

  @Override
  public void suspect(String why) {
    if (!closed && suspected.compareAndSet(false, true)) {
      LOG.debug("looking at the topology again: {}", why);
      worker.execute(this::hurry);
    }
  }

  @Override
  public void onChange(Consumer<Topology> listener) {
    listeners.add(listener);
  }

  /** To look often for a while. */
  final void alert() {
    alertUntilNanos = System.nanoTime() + ALERT_NANOS;
  }

  private void hurry() {
    alert();
    if (!looking) {
      scheduleNext();
    }
  }

  private void round() {
    if (closed || looking) {
      return;
    }
    looking = true;
    suspected.set(false);
    lookedNanos = System.nanoTime();
    var unused = look().whenCompleteAsync((seen, fault) -> ended(fault), worker);
  }

  private void ended(@Nullable Throwable fault) {
    looking = false;
    if (fault != null) {
      LOG.debug("the topology could not be looked at", fault);
    }
    scheduleNext();
  }

  private void scheduleNext() {
    if (next != null) {
      next.cancel(false);
    }
    long now = System.nanoTime();
    boolean isAlert = !current.isKnown() || alertUntilNanos - now > 0;
    long pause = suspected.get() ? GAP_MILLIS : isAlert ? ALERT_MILLIS : calmMillis;
    long passed = TimeUnit.NANOSECONDS.toMillis(now - lookedNanos);
    next = worker.after(Math.max(1, pause - passed), this::round);
  }

  /** What was seen is what holds from now on. */
  void publish(Topology seen) {
    if (seen.equals(current)) {
      return;
    }
    LOG.info("topology: {}", seen);
    current = seen;
    long now = System.nanoTime();
    if (alertUntilNanos - now > SETTLE_NANOS) {
      alertUntilNanos = now + SETTLE_NANOS;
    }
    listeners.forEach(listener -> listener.accept(seen));
  }

  @Override
  public void close() {
    closed = true;
  }
}
