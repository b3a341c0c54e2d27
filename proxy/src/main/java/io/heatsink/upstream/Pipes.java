package io.heatsink.upstream;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.ErrorReplies;
import io.heatsink.command.Writes;
import io.heatsink.resp.Request;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One lane's connections: a shared pipe for each user, database and protocol in use, and a bounded
 * number of pinned ones.
 *
 * <p>Confined to its event loop.
 */
public final class Pipes implements Links {

  /** Users, databases and protocols in use at a time; a failed login is let go of at once. */
  public static final int MAX_SHARED = 1024;

  private static final long MAX_WAIT_MILLIS = 1_000;
  private static final long LINGER_SECONDS = 30;
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final Backend backend;
  private final int maxPinned;
  private final Map<PipeKey, Pipe> shared = new HashMap<>();
  private final ArrayDeque<Pipe> idle = new ArrayDeque<>();
  private final Set<Waiter> waiting = new LinkedHashSet<>();
  private int unused;
  private boolean trimming;
  private final Map<Credentials, Invalidations> invalidations = new HashMap<>();
  private int pinnedCount;
  private boolean closed;

  public Pipes(Backend backend, int maxPinned) {
    this.backend = backend;
    this.maxPinned = maxPinned;
  }

  /** Tells connections apart, those of all lanes. */
  public static int nextNumber() {
    int next = NUMBERS.incrementAndGet();
    return next == Writes.UNORDERED ? NUMBERS.incrementAndGet() : next;
  }

  @Override
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

  @Override
  public void release(Link link) {
    Pipe pipe = (Pipe) link;
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
        Invalidations unused = invalidations.remove(who);
        if (unused != null) {
          unused.forget();
        }
      }
    }
  }

  @Override
  public boolean isSpread() {
    return false;
  }

  @Override
  public void suspect(String why) {
    // There is but one server.
  }

  @Override
  public boolean serves(Pipe pinned, Request request, CommandSpec spec) {
    return true;
  }

  @Override
  public @Nullable Pipe pin(PipeKey key, @Nullable Request request, @Nullable CommandSpec spec) {
    Pipe pipe = spare(key);
    if (pipe == null) {
      if (closed || pinnedCount >= maxPinned) {
        return null;
      }
      if (pinnedCount + idle.size() >= maxPinned) {
        idle.removeFirst().close();
      }
      pipe = new Pipe(backend, key, false, nextNumber());
    }
    pinned(1);
    keepSpare(key);
    return pipe;
  }

  /**
   * Connects one ahead of the next who needs it: a connection made while a script runs is refused
   * its SELECT, and making one takes time.
   */
  private void keepSpare(PipeKey key) {
    boolean isFull = pinnedCount + idle.size() >= maxPinned;
    if (!isFull && !hasSpare(key)) {
      Pipe pipe = new Pipe(backend, key, false, nextNumber());
      pipe.open();
      idle.addFirst(pipe);
      trimLater();
    }
  }

  /** The one that rested least of those that will do. */
  private @Nullable Pipe spare(PipeKey key) {
    for (Iterator<Pipe> all = idle.descendingIterator(); all.hasNext(); ) {
      Pipe pipe = all.next();
      if (pipe.isClosed()) {
        all.remove();
      } else if (pipe.key().equals(key)) {
        all.remove();
        unused = Math.min(unused, idle.size());
        return pipe;
      }
    }
    return null;
  }

  private boolean hasSpare(PipeKey key) {
    for (Iterator<Pipe> all = idle.descendingIterator(); all.hasNext(); ) {
      if (all.next().key().equals(key)) {
        return true;
      }
    }
    return false;
  }

  /** Who waits for a pinned connection: told true when one is free, false when it took too long. */
  public static final class Waiter {
    private final Consumer<Boolean> told;

    Waiter(Consumer<Boolean> told) {
      this.told = told;
    }

    /** One that is told to try again in a moment. */
    public static Waiter soon(EventLoop loop, Consumer<Boolean> told) {
      loop.schedule(() -> told.accept(false), MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
      return new Waiter(told);
    }
  }

  @Override
  public Waiter whenFree(Consumer<Boolean> told) {
    Waiter waiter = new Waiter(told);
    waiting.add(waiter);
    backend.loop().schedule(() -> giveUp(waiter), MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    return waiter;
  }

  private void giveUp(Waiter waiter) {
    backend.clock().refresh();
    if (waiting.remove(waiter)) {
      waiter.told.accept(false);
    }
  }

  @Override
  public void forget(Waiter waiter) {
    waiting.remove(waiter);
  }

  @Override
  public long underWay() {
    long sum = 0;
    for (Pipe pipe : shared.values()) {
      sum += pipe.pending.size();
    }
    return sum;
  }

  /** Whether a shared connection owes replies and has been silent since before then. */
  public boolean isSilentSince(long nanos) {
    for (Pipe pipe : shared.values()) {
      if (pipe.isReady() && pipe.pending.isSilentSince(nanos)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public byte[] exhausted() {
    return ErrorReplies.pinnedExhausted(maxPinned);
  }

  @Override
  public void unpin(Pipe pipe, boolean clean) {
    pinned(-1);
    if (clean && pipe.isReady() && pipe.next() == null && !closed) {
      idle.addLast(pipe);
      trimLater();
    } else {
      pipe.close();
    }
    Iterator<Waiter> first = waiting.iterator();
    if (first.hasNext()) {
      Waiter next = first.next();
      first.remove();
      next.told.accept(true);
    }
  }

  private void trimLater() {
    if (!trimming) {
      trimming = true;
      unused = idle.size();
      backend.loop().schedule(this::trim, LINGER_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Closes as many as nobody had a use for since the last time. */
  private void trim() {
    trimming = false;
    for (int left = Math.min(unused, idle.size()); left > 0; left--) {
      idle.removeFirst().close();
    }
    if (!idle.isEmpty()) {
      trimLater();
    }
  }

  private void pinned(int change) {
    pinnedCount += change;
    backend.stats().pinned += change;
  }

  @Override
  public void close() {
    closed = true;
    List<Pipe> all = new ArrayList<>(shared.values());
    all.addAll(idle);
    shared.clear();
    idle.clear();
    all.forEach(Pipe::close);
    invalidations.values().forEach(Invalidations::close);
  }
}
