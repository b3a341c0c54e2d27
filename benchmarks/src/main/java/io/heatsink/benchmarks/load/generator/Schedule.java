package io.heatsink.benchmarks.load.generator;

/** The times at which batches are meant to be sent, evenly spaced. For one thread. */
final class Schedule {

  private static final double NANOS = 1e9;

  private final long startNanos;
  private final double gapNanos;
  private final long batches;
  private long next;

  /** {@code perSecond} commands a second in batches. */
  Schedule(Span span, double perSecond, int batch) {
    startNanos = span.startNanos();
    gapNanos = NANOS * batch / perSecond;
    batches = Math.max(1, (long) (span.lengthNanos() / gapNanos));
  }

  boolean isOver() {
    return next == batches;
  }

  /** When the next batch is due. */
  long dueNanos() {
    return startNanos + (long) (next * gapNanos);
  }

  /** The next batch is sent. */
  void advance() {
    next++;
  }
}
