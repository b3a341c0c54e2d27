package io.heatsink.replica;

import io.heatsink.upstream.Pipe;
import io.heatsink.upstream.PipeKey;
import io.heatsink.upstream.Pipes;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A lane's connections to one replica. Confined to its event loop. */
final class ReplicaNode {

  private final Pipes pipes;
  private final Map<PipeKey, Pipe> open = new HashMap<>();
  private int underWay;
  private long progressNanos;
  private long avoidedUntilNanos;

  ReplicaNode(Pipes pipes, long nowNanos) {
    this.pipes = pipes;
    this.avoidedUntilNanos = nowNanos;
  }

  /** A connection that takes commands at once, or null; then one is being made. */
  @Nullable Pipe ready(PipeKey key) {
    Pipe pipe = open.get(key);
    if (pipe == null) {
      pipe = pipes.acquire(key);
      if (pipe == null) {
        return null;
      }
      open.put(key, pipe);
    }
    pipe.open();
    return pipe.isReady() && !pipe.isFull() ? pipe : null;
  }

  /** Nobody needs connections of this kind any more. */
  void release(PipeKey key) {
    Pipe pipe = open.remove(key);
    if (pipe != null) {
      pipes.release(pipe);
    }
  }

  /** A read has been sent. */
  void sent(long nowNanos) {
    if (underWay++ == 0) {
      progressNanos = nowNanos;
    }
  }

  /** Some bytes have come. */
  void progressed(long nowNanos) {
    progressNanos = nowNanos;
  }

  /** A read has been answered, or never will be. */
  void landed() {
    underWay--;
  }

  /** Whether it owes replies and has been silent since then. */
  boolean isSilentSince(long nanos) {
    return underWay > 0 && progressNanos - nanos < 0;
  }

  boolean isOwing() {
    return underWay > 0;
  }

  /** It is not asked until then. */
  void avoid(long untilNanos) {
    avoidedUntilNanos = untilNanos;
  }

  boolean isAvoided(long nowNanos) {
    return avoidedUntilNanos - nowNanos > 0;
  }

  /** What is under way fails, and goes to primaries. */
  void close() {
    open.clear();
    pipes.close();
  }
}
