package io.heatsink.benchmarks.load.generator;

/** Decides when the next batch is sent. Confined to its event loop. */
interface Pace {

  /** Sends the first ones. */
  void begin();

  /** A connection has nothing under way. */
  void free(Connection connection, long nowNanos);

  /** Whether everything is sent and answered. */
  boolean isDone();
}
