package io.heatsink.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.heatsink.detect.HotKeys;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Answers of keys that are read often, shared by all lanes. Thread-safe. */
public final class NearCache {

  /*
   * The map's key is the key's 64-bit hash alone, its value all answers of that key, the latest
   * first; one answers only if its own bytes, database and user are those asked for. So a change
   * can drop all answers of a key knowing no more than the hash, and two keys of one hash (the seed
   * is secret) merely share a place. TTLs are checked by the reader against its lane's clock, and
   * what has ended is swept now and then: expiry inside the map would read the time once more a
   * hit.
   *
   * Lanes remember entries, so an entry itself says whether it may be served. Who changes a key
   * raises its epoch and then drops the entry in the map; who stores one puts it there, not yet
   * live, and then compares the epoch: one of the two sees the other, whatever the interleaving.
   * For that no entry may leave the map, or its place in the list, without having been dropped.
   *
   * Two lanes may send the same read at the same time, and nobody knows whose answer Redis read
   * first: were one kept in place of the other, a client could go back in time. So a fill is kept
   * only if none has been stored in its stripe since it began, and what it then finds goes too.
   *
   * Where both say the same, the first stays.
   *
   * For the same reason one look at a key outdates what others have seen: a reply to HGET may show
   * a change whose news has not come yet, and then what is kept of HGETALL must not be served to
   * who has seen it. So whoever is about to show a key's present state says so, and what is kept of
   * the key waits until the news of all earlier changes has come, one round trip. A reply that says
   * what is kept shows nothing newer; and what one connection has shown is older than its next
   * reply, so a fill need not wait for looks by its own.
   */

  /** A hash as a map key. */
  private record HashKey(long hash) {

    // Spelled out: what a record comes with is generated at first use.

    @Override
    public int hashCode() {
      return Long.hashCode(hash);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof HashKey that && that.hash == hash;
    }
  }

  /** Part of the room for the tables, which grow with the entries, and for values on their way. */
  private static final int TABLES_PART = 10;

  /** Answers kept of one key. */
  private static final int MOST_ANSWERS = 32;

  private volatile CachePolicy policy;
  private final WriteGuard guard;
  private final Cache<HashKey, Entry> entries;
  private final AtomicLongArray stores = new AtomicLongArray(WriteGuard.STRIPES);
  private final AtomicLongArray looks = new AtomicLongArray(WriteGuard.STRIPES);
  private final LongAdder evictions = new LongAdder();
  private final LongAdder evictedBytes = new LongAdder();
  private final AtomicInteger readers = new AtomicInteger();
  private volatile boolean occupied;
  private volatile boolean outdatedByGets;

  public NearCache(CachePolicy policy, WriteGuard guard) {
    this.policy = policy;
    this.guard = guard;
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(entriesBytes(policy))
            .weigher((HashKey key, Entry entry) -> weightBytes(entry))
            .evictionListener(
                (@Nullable HashKey key, @Nullable Entry entry, RemovalCause cause) ->
                    evicted(entry))
            .executor(Runnable::run)
            .build();
    guard.listener(this::drop);
  }

  /** A lane's reader; {@code hotKeys} tells it what is hot. */
  public CacheReader newReader(HotKeys hotKeys) {
    readers.incrementAndGet();
    return new CacheReader(this, hotKeys);
  }

  /** What limits and times it. */
  public CachePolicy policy() {
    return policy;
  }

  /** From now on this limits and times it; what is kept is as old as it was allowed to be. */
  public void policy(CachePolicy next) {
    policy = next;
    entries.policy().eviction().ifPresent(room -> room.setMaximum(entriesBytes(next)));
  }

  private static long entriesBytes(CachePolicy policy) {
    return policy.maxBytes() - policy.maxBytes() / TABLES_PART;
  }

  /** Whether entries may be stored that a lane does not know of. */
  boolean hasOtherReaders() {
    return readers.get() > 1;
  }

  long era() {
    return guard.era();
  }

  /** The key with this hash is about to be shown as it is now, by the connection of this number. */
  void looked(long keyHash, int connection) {
    long unused = seen(keyHash, connection);
    for (Entry entry = find(keyHash); entry != null; entry = entry.older()) {
      entry.overtake();
    }
  }

  /**
   * The same by this reply, whole, to this read: where it says what is kept, it outdates nothing.
   */
  void looked(Fill.Read read, int connection, ByteBuf reply, int index, int length) {
    long unused = seen(read.keyHash(), connection);
    for (Entry entry = find(read.keyHash()); entry != null; entry = entry.older()) {
      if (!entry.says(read, reply, index, length)) {
        entry.overtake();
      }
    }
  }

  /**
   * The key is about to be shown by this connection, and what is kept of it is taken care of.
   * Returns a reading; the next of the same connection is equal if no other has shown a key of this
   * stripe meanwhile.
   */
  long seen(long keyHash, int connection) {
    int stripe = WriteGuard.stripe(keyHash);
    long before = looks.get(stripe);
    while ((int) before != connection) {
      long after =
          ((before >>> Integer.SIZE) + 1) << Integer.SIZE | Integer.toUnsignedLong(connection);
      if (looks.compareAndSet(stripe, before, after)) {
        return after;
      }
      before = looks.get(stripe);
    }
    return before;
  }

  /** Whether something is kept of the key with this hash. */
  boolean hasAnswers(long keyHash) {
    return find(keyHash) != null;
  }

  /**
   * Whether a GET that is not kept may outdate something: other answers of its key, or one that
   * would stand in for Redis later.
   */
  boolean isOutdatedByGets() {
    return outdatedByGets;
  }

  /** How often answers found by this hash were stored; equal readings mean that none was. */
  long stores(long hash) {
    return stores.get(WriteGuard.stripe(hash));
  }

  /**
   * Stores an answer.
   *
   * @param epoch the guard's when it was asked for
   * @param before {@link #stores} at that time
   * @return false if it may be outdated, and is not kept
   */
  boolean store(Fill.Read read, long epoch, long before, Entry entry) {
    if (guard.epoch(read.keyHash()) != epoch || guard.era() != entry.era()) {
      return false;
    }
    occupied = true;
    if (!read.isGet() || entry.mayStandIn()) {
      outdatedByGets = true;
    }
    entries
        .asMap()
        .compute(new HashKey(read.keyHash()), (key, old) -> add(read, before, entry, old));
    return guard.epoch(read.keyHash()) == epoch && entry.goLive();
  }

  private @Nullable Entry add(Fill.Read read, long before, Entry entry, @Nullable Entry old) {
    boolean isOvertaken = stores.getAndIncrement(WriteGuard.stripe(read.hash())) != before;
    if (isOvertaken && isKept(entry, old)) {
      entry.drop();
      return old;
    }
    Entry rest = othersThan(entry, old);
    if (isOvertaken) {
      entry.drop();
      return rest;
    }
    entry.older(rest);
    return entry;
  }

  /** Whether what this one says is kept already. */
  private static boolean isKept(Entry entry, @Nullable Entry old) {
    Entry other = old;
    while (other != null && !(other.isSameAs(entry) && other.saysTheSame(entry))) {
      other = other.older();
    }
    return other != null && !other.isDropped();
  }

  /**
   * The key's answers without those that this one replaces, and without more than there is room.
   */
  private static @Nullable Entry othersThan(Entry entry, @Nullable Entry old) {
    Entry first = null;
    Entry last = null;
    int count = 1;
    for (Entry other = old; other != null; other = other.older()) {
      if (other.isSameAs(entry) || count == MOST_ANSWERS) {
        other.drop();
      } else if (!other.isDropped()) {
        count++;
        if (last == null) {
          first = other;
        } else {
          last.older(other);
        }
        last = other;
      }
    }
    if (last != null) {
      last.older(null);
    }
    return first;
  }

  /** The first answer of the key with this hash, or null. */
  @Nullable Entry find(long keyHash) {
    return occupied ? entries.policy().getIfPresentQuietly(new HashKey(keyHash)) : null;
  }

  /** Has the map know that the entry of this hash is in use. */
  void touch(long hash) {
    Entry unused = entries.getIfPresent(new HashKey(hash));
  }

  /** Drops what this hash has; it leaves the map at the next sweep, or gives place to a new one. */
  private void drop(long keyHash) {
    dropAll(find(keyHash));
  }

  private static void dropAll(@Nullable Entry first) {
    for (Entry entry = first; entry != null; entry = entry.older()) {
      entry.drop();
    }
  }

  private static int weightBytes(Entry first) {
    int sum = 0;
    for (Entry entry = first; entry != null; entry = entry.older()) {
      sum += entry.weightBytes();
    }
    return sum;
  }

  /** Lets go what may not be served any more; called now and then, from any thread. */
  public void sweep(long nowNanos) {
    if (occupied) {
      long era = era();
      entries.asMap().values().removeIf(first -> isEnded(first, nowNanos, era));
      entries.cleanUp();
    }
  }

  /** Drops what has ended; whether that is all there is of a key. */
  private static boolean isEnded(Entry first, long nowNanos, long era) {
    boolean all = true;
    for (Entry entry = first; entry != null; entry = entry.older()) {
      if (entry.isLive(nowNanos, era) || entry.isStandIn(nowNanos, era)) {
        all = false;
      } else {
        entry.drop();
      }
    }
    return all;
  }

  /**
   * How old the latest answer is that is kept of the key with this hash, or -1 where none is. From
   * any thread.
   */
  public long ageNanos(long keyHash, long nowNanos) {
    Entry entry = find(keyHash);
    return entry == null || !entry.isLive(nowNanos, era()) ? -1 : entry.ageNanos(nowNanos);
  }

  /** Bytes of all entries, their overhead included. */
  public long weightBytes() {
    return entries.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
  }

  /** Number of keys. */
  public long size() {
    return entries.estimatedSize();
  }

  /** Entries that had to go for want of room. */
  public long evictions() {
    return evictions.sum();
  }

  /** Bytes of all entries that had to go. */
  long evictedBytes() {
    return evictedBytes.sum();
  }

  private void evicted(@Nullable Entry entry) {
    evictions.increment();
    evictedBytes.add(entry == null ? 0 : weightBytes(entry));
    dropAll(entry);
  }
}
