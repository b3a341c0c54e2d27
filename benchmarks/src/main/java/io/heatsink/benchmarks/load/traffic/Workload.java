package io.heatsink.benchmarks.load.traffic;

import io.netty.buffer.ByteBuf;

/** Writes requests, one after the other, and allocates nothing for one. For one thread. */
public abstract class Workload {

  private long reads;
  private long writes;

  /**
   * Appends requests.
   *
   * @param elapsedNanos since the run began
   * @param lengthNanos how long the run lasts
   */
  public final void append(ByteBuf out, int commands, long elapsedNanos, long lengthNanos) {
    at(elapsedNanos, lengthNanos);
    for (int i = 0; i < commands; i++) {
      append(out);
    }
  }

  /** Told the time before each batch. */
  void at(long elapsedNanos, long lengthNanos) {}

  /** Appends the next request and counts it. */
  abstract void append(ByteBuf out);

  final void countRead() {
    reads++;
  }

  final void countWrite() {
    writes++;
  }

  /** Requests so far that read. */
  public final long reads() {
    return reads;
  }

  /** Requests so far that write. */
  public final long writes() {
    return writes;
  }
}
