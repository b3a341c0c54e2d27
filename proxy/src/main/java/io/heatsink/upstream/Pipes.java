package io.heatsink.upstream;

import io.heatsink.command.ErrorReplies;
import io.heatsink.command.Writes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One lane's connections: a shared pipe for each user, database and protocol in use, and a bounded
 * number of pinned ones.
 *
 * <p>Confined to its event loop.
 */
public final class Pipes {

  private static final int MAX_SHARED = 1024;
  private static final int MAX_IDLE_PINNED = 64;
  private static final long LINGER_SECONDS = 30;
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final Backend backend;
  private final int maxPinned;
  private final Map<PipeKey, Pipe> shared = new HashMap<>();
  private final Map<PipeKey, ArrayDeque<Pipe>> idle = new HashMap<>();
  private final Map<Credentials, Invalidations> invalidations = new HashMap<>();
  private int idleCount;
  private int pinnedCount;
  private boolean closed;

  public Pipes(Backend backend, int maxPinned) {
    this.backend = backend;
    this.maxPinned = maxPinned;
  }

  private static int nextNumber() {
    int next = NUMBERS.incrementAndGet();
    return next == Writes.UNORDERED ? NUMBERS.incrementAndGet() : next;
  }

  /** The shared pipe of this key, held until {@link #release}; null over the bound. */
  public @Nullable Pipe acquire(PipeKey key) {
    Pipe pipe = shared.get(key);
    if (pipe == null) {
      if (shared.size() >= MAX_SHARED || closed) {
        return null;
      }
      pipe = new Pipe(backend, key, true, nextNumber());
      pipe.trackedBy(
          invalidations.computeIfAbsent(
              key.credentials(), who -> new Invalidations(backend, who, nextNumber())));
      shared.put(key, pipe);
    }
    pipe.references++;
    return pipe;
  }

  /** Gives a shared pipe back; the last one to do so has it closed after a while. */
  public void release(Pipe pipe) {
    pipe.references--;
    if (pipe.references == 0 && !pipe.isReady()) {
      closeUnused(pipe);
    } else if (pipe.references == 0 && !closed) {
      backend.loop().schedule(() -> closeUnused(pipe), LINGER_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void closeUnused(Pipe pipe) {
    if (pipe.references == 0 && shared.remove(pipe.key(), pipe)) {
      pipe.close();
      Credentials who = pipe.key().credentials();
      if (shared.keySet().stream().noneMatch(key -> key.credentials().equals(who))) {
        invalidations.remove(who);
      }
    }
  }

  /** A connection for one session alone; null over the bound. */
  public @Nullable Pipe pin(PipeKey key) {
    ArrayDeque<Pipe> pool = idle.get(key);
    while (pool != null && !pool.isEmpty()) {
      Pipe pipe = pool.removeLast();
      idleCount--;
      if (pipe.isReady()) {
        pinned(1);
        return pipe;
      }
    }
    if (pinnedCount >= maxPinned || closed) {
      return null;
    }
    pinned(1);
    return new Pipe(backend, key, false, nextNumber());
  }

  /** The error of a client that gets no pinned connection. */
  public byte[] exhausted() {
    return ErrorReplies.pinnedExhausted(maxPinned);
  }

  /** Takes a pinned connection back; a clean one is kept for the next session. */
  public void unpin(Pipe pipe, boolean clean) {
    pinned(-1);
    if (!clean || !pipe.isReady() || !pipe.isIdle() || idleCount >= MAX_IDLE_PINNED || closed) {
      pipe.close();
      return;
    }
    idleCount++;
    idle.computeIfAbsent(pipe.key(), k -> new ArrayDeque<>()).addLast(pipe);
  }

  private void pinned(int change) {
    pinnedCount += change;
    backend.stats().pinned += change;
  }

  /** Closes every connection; commands under way are answered with an error. */
  public void close() {
    closed = true;
    List<Pipe> all = new ArrayList<>(shared.values());
    idle.values().forEach(all::addAll);
    shared.clear();
    idle.clear();
    all.forEach(Pipe::close);
    invalidations.values().forEach(Invalidations::close);
  }
}
