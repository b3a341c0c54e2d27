package io.heatsink.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.heatsink.resp.Request;
import org.jspecify.annotations.Nullable;

/** Answers of hot keys, shared by all lanes. Thread-safe. */
public final class NearCache {

  /*
   * The map's key is the key's 64-bit hash alone, and an entry answers only if its own bytes,
   * database and user are those asked for. So a write can drop an entry knowing no more than the
   * hash, and two keys of one hash (the seed is secret) merely take turns. TTLs are checked by the
   * reader against its lane's clock, and expired entries swept now and then: expiry inside the map
   * would read the time once more a hit.
   */

  /** A hash as a map key; mutable only as a lane's probe. */
  private static final class HashKey {
    long hash;

    HashKey(long hash) {
      this.hash = hash;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(hash);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof HashKey that && that.hash == hash;
    }
  }

  /**
   * One lane's way to look up without an allocation. Confined to its event loop.
   *
   * <p>It remembers the entries found last: the hottest are found without the map.
   */
  public final class Reader {

    /*
     * A remembered entry stands as long as no write that could touch its key has begun since just
     * before it was looked up, which one comparison of the guard's stamps tells. Now and then a
     * remembered one is looked up all the same, so that the map knows what is in use and keeps it.
     */

    private static final int REMEMBERED = 64;
    private static final int MASK = REMEMBERED - 1;
    private static final int LOOK_UP_EVERY = 16;

    private final HashKey probe = new HashKey(0);
    private final long[] hashes = new long[REMEMBERED];
    private final long[] stamps = new long[REMEMBERED];
    private final @Nullable Entry[] found = new Entry[REMEMBERED];
    private int uses;

    private Reader() {}

    /** The entry that answers this word of a request, or null. */
    public @Nullable Entry find(
        long hash, Request request, int word, int database, int user, long nowNanos) {
      long stamp = guard.stamp(hash);
      int i = (int) hash & MASK;
      Entry entry = found[i];
      boolean remembered = hashes[i] == hash && stamps[i] == stamp && ++uses % LOOK_UP_EVERY != 0;
      if (!remembered || !isAnswer(entry, request, word, database, user, nowNanos)) {
        entry = lookUp(i, hash, stamp);
        return isAnswer(entry, request, word, database, user, nowNanos) ? entry : null;
      }
      return entry;
    }

    private static boolean isAnswer(
        @Nullable Entry entry, Request request, int word, int database, int user, long nowNanos) {
      return entry != null
          && nowNanos - entry.deadlineNanos() < 0
          && entry.answers(request, word, database, user);
    }

    private @Nullable Entry lookUp(int i, long hash, long stamp) {
      probe.hash = hash;
      Entry entry = WriteGuard.isQuietAt(stamp) ? entries.getIfPresent(probe) : null;
      if (entry == null || entry.weightBytes() > REMEMBERED_BYTES) {
        found[i] = null;
      } else {
        found[i] = entry;
        hashes[i] = hash;
        stamps[i] = stamp;
      }
      return entry;
    }
  }

  /** Larger entries are not remembered by readers, who may keep one that the map has let go. */
  private static final int REMEMBERED_BYTES = 16 * 1024;

  private final CachePolicy policy;
  private final WriteGuard guard;
  private final Cache<HashKey, Entry> entries;
  private final java.util.concurrent.atomic.LongAdder evictions =
      new java.util.concurrent.atomic.LongAdder();
  private volatile boolean occupied;

  public NearCache(CachePolicy policy, WriteGuard guard) {
    this.policy = policy;
    this.guard = guard;
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(policy.maxBytes())
            .weigher((HashKey key, Entry entry) -> entry.weightBytes())
            .evictionListener(
                (@Nullable HashKey key, @Nullable Entry entry, RemovalCause cause) ->
                    evicted(cause))
            .executor(Runnable::run)
            .build();
    guard.listeners(this::drop, this::clear);
  }

  /** A lane's reader. */
  public Reader newReader() {
    return new Reader();
  }

  /** What limits and times it. */
  public CachePolicy policy() {
    return policy;
  }

  /** Stores an entry unless a write that could touch it has begun since {@code epoch}. */
  boolean store(long hash, long epoch, Entry entry) {
    occupied = true;
    boolean[] stored = {false};
    entries
        .asMap()
        .compute(
            new HashKey(hash),
            (key, before) -> {
              stored[0] = guard.epoch(hash) == epoch;
              return stored[0] ? entry : before;
            });
    return stored[0];
  }

  /** Drops what this hash has. */
  private void drop(long hash) {
    if (occupied) {
      entries.invalidate(new HashKey(hash));
    }
  }

  /** Drops everything. */
  public void clear() {
    if (occupied) {
      entries.invalidateAll();
    }
  }

  /** Drops entries that may not be served any more; called now and then, from any thread. */
  public void sweep(long nowNanos) {
    entries.asMap().values().removeIf(entry -> nowNanos - entry.deadlineNanos() >= 0);
    entries.cleanUp();
  }

  /** Bytes of all entries, their overhead included. */
  public long weightBytes() {
    return entries.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
  }

  /** Number of entries. */
  public long size() {
    return entries.estimatedSize();
  }

  /** Entries that had to go for want of room. */
  public long evictions() {
    return evictions.sum();
  }

  private void evicted(RemovalCause cause) {
    if (cause == RemovalCause.SIZE) {
      evictions.increment();
    }
  }
}
