package io.heatsink.topology;

import io.heatsink.command.Ends;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How far each replica has come, and what it must have before a key may be read from it. */
public final class Replication implements Ends {

  /*
   * Redis tells no client how far its own write reached, so this counts rounds instead of offsets.
   * A round begins, and only then a primary is asked for its offset: all that it acknowledged
   * before the round began lies below that. A replica that has come to this offset has the round.
   * For each key, many of which share a stripe, the round is noted in which its latest write was
   * answered: that write may lie behind that round's offset, but not behind the next one's. So a
   * replica has all acknowledged writes of a key once it has a later round than that; and what it
   * says is at most as old as the beginning of its round.
   *
   * Thread-safe: rounds are begun on one thread, everything else happens on all of them.
   */

  private static final int STRIPES = 1 << 16;
  private static final long WANTED_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long SAY_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicIntegerArray ended = new AtomicIntegerArray(STRIPES);
  private final AtomicInteger everythingEnded = new AtomicInteger();
  private final Map<Node, Standing> standings = new ConcurrentHashMap<>();
  private final Map<Node, Wish> wishes = new ConcurrentHashMap<>();
  private volatile int round;
  private volatile Runnable onWish = () -> {};

  /**
   * How far a replica has come.
   *
   * @param primary whom it follows
   * @param round all that the primary acknowledged before this one began it has
   * @param sinceNanos when that was
   * @param rttNanos how long it takes to answer, of late
   */
  public record Standing(Node primary, int round, long sinceNanos, long rttNanos) {}

  private record Wish(long nanos, long lagNanos) {}

  @Override
  public void ended(long keyHash) {
    int stripe = stripe(keyHash);
    int now = round;
    if (ended.get(stripe) < now) {
      ended.accumulateAndGet(stripe, now, Math::max);
    }
  }

  @Override
  public void everythingEnded() {
    everythingEnded.accumulateAndGet(round, Math::max);
  }

  private static int stripe(long keyHash) {
    return (int) (keyHash >>> 32) & (STRIPES - 1);
  }

  /** How far this replica has come, or null where that is not known. */
  public @Nullable Standing of(Node replica) {
    return standings.get(replica);
  }

  /** Whether a replica that stands so has every acknowledged write of this key. */
  public boolean has(Standing standing, long keyHash) {
    return standing.round() > ended.get(stripe(keyHash))
        && standing.round() > everythingEnded.get();
  }

  /**
   * Somebody reads from replicas of this primary, or would, if they were known to lag no more than
   * so. For some seconds from now on they are asked how far they are.
   */
  public void want(Node primary, long lagNanos, long nowNanos) {
    Wish known = wishes.get(primary);
    boolean isKnown =
        known != null && known.lagNanos() <= lagNanos && nowNanos - known.nanos() < SAY_AGAIN_NANOS;
    if (!isKnown) {
      long least = known == null ? lagNanos : Math.min(lagNanos, known.lagNanos());
      wishes.put(primary, new Wish(nowNanos, least));
      onWish.run();
    }
  }

  /** Who is told, on any thread, that there is a primary more whose replicas are to be asked. */
  public void onWish(Runnable told) {
    onWish = told;
  }

  /** The primaries whose replicas are to be asked. */
  public Set<Node> wanted(long nowNanos) {
    wishes.values().removeIf(wish -> nowNanos - wish.nanos() > WANTED_NANOS);
    return wishes.keySet().stream().collect(Collectors.toUnmodifiableSet());
  }

  /** The least lag that is allowed to any of them; at most {@code most}. */
  public long leastLagNanos(long most) {
    long least = most;
    for (Wish wish : wishes.values()) {
      least = Math.min(least, wish.lagNanos());
    }
    return least;
  }

  /** Begins a round, and answers its number. */
  public int begin() {
    int next = round + 1;
    round = next;
    return next;
  }

  /** A replica has come so far. */
  public void stands(Node replica, Standing standing) {
    standings.put(replica, standing);
  }

  /** Nothing is known of it any more. */
  public void forget(Node replica) {
    standings.remove(replica);
  }

  /** Nothing is known of any but these. */
  public void keepOnly(Set<Node> replicas) {
    standings.keySet().retainAll(replicas);
  }
}
