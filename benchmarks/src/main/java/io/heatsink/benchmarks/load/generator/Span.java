package io.heatsink.benchmarks.load.generator;

/**
 * A time in which is sent. Immutable.
 *
 * @param startNanos by {@link System#nanoTime}
 */
record Span(long startNanos, long lengthNanos) {

  long elapsed(long nanos) {
    return nanos - startNanos;
  }

  boolean isOver(long nanos) {
    return elapsed(nanos) >= lengthNanos;
  }
}
