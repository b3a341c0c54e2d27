package io.heatsink.cache;

import io.heatsink.command.Client;
import io.heatsink.detect.HotKeys;
import io.heatsink.detect.HotSet;
import io.heatsink.policy.Rule;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One lane's way into the near cache: finds answers without touching what lanes share, and knows
 * whose answers are worth keeping. Confined to its event loop.
 */
public final class CacheReader {

  /*
   * Reads whose answers are kept have a slot here, with the entry found last: a GET by its key's
   * hash, any other by that of the whole request. An entry that is no longer live is never served,
   * so nobody need tell the lanes of a change. A read gets a slot when its key is hot or the
   * doorkeeper lets it pass, and loses it when nothing has been kept for it for a while. All other
   * reads look at four tags, a byte each, and go their way.
   *
   * What is kept must pay: a fill costs commands and each answer saves one, so a slot has a credit.
   * A key that is written as often as read spends it, and rests for a number of reads.
   */

  private static final int SETS = 4_096;
  private static final int WAYS = 4;

  private static final int TOUCH_EVERY = 16;

  /** What a fill takes off a slot's credit. */
  public static final byte FILL_COST = 4;

  /** What a slot begins with. */
  public static final byte INITIAL_CREDIT = 8;

  /** What answers can earn it. */
  public static final byte MOST_CREDIT = 64;

  /** What is left to one that has spent it all: so many reads until the next fill. */
  public static final byte REST = -32;

  /**
   * Larger entries are looked up each time: a slot may keep what the map has let go for a while.
   */
  private static final int MOST_BYTES = 16 * 1024;

  /** Part of the whole cache that may have been evicted and still be remembered. */
  private static final int MOST_EVICTED_PART = 64;

  private final NearCache cache;
  private final HotKeys hotKeys;
  private final Doorkeeper doorkeeper;

  /** A byte of the hash of each slot of a set, so that most other keys are told at one look. */
  private final int[] tags = new int[SETS];

  private final long[] hashes = new long[SETS * WAYS];
  private final @Nullable Entry[] entries = new Entry[SETS * WAYS];
  private final byte[] credits = new byte[SETS * WAYS];
  private int found = -1;
  private int uses;
  private int touched;
  private int victim;
  private long letGoBytes;

  CacheReader(NearCache cache, HotKeys hotKeys) {
    this.cache = cache;
    this.hotKeys = hotKeys;
    double readsPerSecond = cache.policy().readsPerSecond();
    this.doorkeeper = new Doorkeeper(readsPerSecond, ThreadLocalRandom.current().nextLong());
  }

  /** What answers GET of the key that is this word of a request, or null. */
  public @Nullable Entry find(
      long hash, Request request, int word, int database, int user, long nowNanos) {
    int slot = slot(hash);
    boolean isNew = slot < 0;
    if (isNew && (hotKeys.current().isWorthKeeping(hash) || doorkeeper.admits(hash, nowNanos))) {
      slot = claim(hash);
    }
    found = slot;
    if (slot < 0) {
      return null;
    }
    Entry entry = remembered(slot, nowNanos);
    if (entry == null || !entry.answers(request, word, database, user)) {
      entry = kept(hash, request, word, database, user);
      adopt(slot, entry, isNew);
    }
    return use(slot, hash, entry, nowNanos);
  }

  /**
   * What answers this read, which is none of GET, of the single key that is its second word, or
   * null.
   *
   * @param hash the whole request's, database included
   */
  public @Nullable Entry findRead(long hash, Request request, Client client, long nowNanos) {
    int slot = slot(hash);
    boolean isNew = slot < 0;
    if (isNew && isWanted(hash, request, client, nowNanos)) {
      slot = claim(hash);
    }
    found = slot;
    if (slot < 0) {
      return null;
    }
    long keyHash = keyHash(request, client);
    Entry entry = remembered(slot, nowNanos);
    if (entry == null || !entry.answers(request, client)) {
      entry = kept(keyHash, request, client);
      adopt(slot, entry, isNew);
    }
    return use(slot, keyHash, entry, nowNanos);
  }

  /** Of a hot key many things may be read, each of them seldom. */
  private boolean isWanted(long hash, Request request, Client client, long nowNanos) {
    HotSet hot = hotKeys.current();
    boolean isHot = !hot.isEmpty() && hot.isWorthKeeping(keyHash(request, client));
    return isHot ? doorkeeper.admitsSampled(hash, nowNanos) : doorkeeper.admits(hash, nowNanos);
  }

  static long keyHash(Request request, Client client) {
    return KeyHash.with(request.hash(1), client.database());
  }

  /** What the map has that answers GET of this word, live or not. */
  private @Nullable Entry kept(long hash, Request request, int word, int database, int user) {
    Entry entry = cache.find(hash);
    while (entry != null && !entry.answers(request, word, database, user)) {
      entry = entry.older();
    }
    return entry;
  }

  /** What the map has that answers this read, which is none of GET, live or not. */
  private @Nullable Entry kept(long keyHash, Request request, Client client) {
    Entry entry = cache.find(keyHash);
    while (entry != null && !entry.answers(request, client)) {
      entry = entry.older();
    }
    return entry;
  }

  /** What was found last, unless another lane may have stored something newer. */
  private @Nullable Entry remembered(int slot, long nowNanos) {
    Entry entry = entries[slot];
    boolean isEnded =
        entry != null && cache.hasOtherReaders() && !entry.isLive(nowNanos, cache.era());
    return isEnded ? null : entry;
  }

  /** Of what another lane has kept, this one's clients may have seen something newer. */
  private void adopt(int slot, @Nullable Entry entry, boolean isNew) {
    remember(slot, entry);
    if (isNew && entry != null) {
      entry.hold();
    }
  }

  private @Nullable Entry use(int slot, long keyHash, @Nullable Entry entry, long nowNanos) {
    if (entry == null || !entry.isLive(nowNanos, cache.era())) {
      return null;
    }
    touch(keyHash);
    earn(slot);
    return entry;
  }

  /**
   * What answers GET of the key that is this word of a request while the backend cannot be reached,
   * or null; {@link #find} has found nothing.
   */
  public @Nullable Entry findStandIn(
      long hash, Request request, int word, Client client, long nowNanos) {
    Entry entry = kept(hash, request, word, client.database(), client.user());
    return useStandIn(hash, entry, nowNanos);
  }

  /** The same of a read that is none of GET. */
  public @Nullable Entry findStandIn(Request request, Client client, long nowNanos) {
    long keyHash = keyHash(request, client);
    return useStandIn(keyHash, kept(keyHash, request, client), nowNanos);
  }

  private @Nullable Entry useStandIn(long keyHash, @Nullable Entry entry, long nowNanos) {
    if (entry == null || !entry.isStandIn(nowNanos, cache.era())) {
      return null;
    }
    cache.touch(keyHash);
    return entry;
  }

  /** Whether an answer to this client is kept for the key with this hash, database included. */
  public boolean has(Client client, long keyHash, long nowNanos) {
    boolean isDown = client.upstream().isDown();
    long era = cache.era();
    Entry entry = cache.find(keyHash);
    while (entry != null
        && !(entry.isFor(client)
            && (entry.isLive(nowNanos, era) || (isDown && entry.isStandIn(nowNanos, era))))) {
      entry = entry.older();
    }
    return entry != null;
  }

  /** How old an answer may be, jitter apart, by the rule of its key. */
  public long ttlNanos(Rule rule, boolean isTracked) {
    return cache.policy().ttlNanos(rule, isTracked);
  }

  /** Whether answers to GET of the key with this hash are kept, or about to be. */
  boolean isKnown(long hash) {
    return slot(hash) >= 0;
  }

  /** What this lane has stored. */
  void stored(long hash, Entry entry) {
    int slot = slot(hash);
    if (slot >= 0) {
      remember(slot, entry);
    }
    if (cache.evictedBytes() - letGoBytes > cache.policy().maxBytes() / MOST_EVICTED_PART) {
      letGoEvicted();
    }
  }

  /** What had to go for want of room takes room as long as it is remembered here. */
  private void letGoEvicted() {
    letGoBytes = cache.evictedBytes();
    for (int i = 0; i < entries.length; i++) {
      Entry entry = entries[i];
      if (entry != null && entry.isDropped()) {
        entries[i] = null;
      }
    }
  }

  private void remember(int slot, @Nullable Entry entry) {
    entries[slot] = entry == null || entry.weightBytes() > MOST_BYTES ? null : entry;
  }

  /**
   * Whether answers to the read that {@link #find} has just found nothing for are kept at times:
   * one may be on its way on another connection, older than what this read is about to show.
   */
  public boolean knows() {
    return found >= 0;
  }

  /** Whether the answer to the read that {@link #find} has just found nothing for is to be kept. */
  public boolean wants() {
    if (found < 0) {
      return false;
    }
    if (credits[found] < 0) {
      credits[found]++;
      return false;
    }
    return true;
  }

  /** Commands have been sent to keep an answer. */
  void pay(long hash) {
    int slot = slot(hash);
    if (slot >= 0) {
      int left = credits[slot] - FILL_COST;
      credits[slot] = left < 0 ? REST : (byte) left;
    }
  }

  /** A read has been spared by an answer that is on its way. */
  void earn(long hash) {
    int slot = slot(hash);
    if (slot >= 0) {
      earn(slot);
    }
  }

  /**
   * Touches one of so many in turn, at random which: of keys that are read in turn it would always
   * be the same ones otherwise.
   */
  private void touch(long keyHash) {
    int turn = ++uses & (TOUCH_EVERY - 1);
    if (turn == touched) {
      cache.touch(keyHash);
    }
    if (turn == TOUCH_EVERY - 1) {
      touched = doorkeeper.random(TOUCH_EVERY);
    }
  }

  private void earn(int slot) {
    if (credits[slot] < MOST_CREDIT) {
      credits[slot]++;
    }
  }

  private int slot(long hash) {
    int set = set(hash);
    if (!hasByte(tags[set], tag(hash))) {
      return -1;
    }
    for (int i = set * WAYS; i < (set + 1) * WAYS; i++) {
      if (hashes[i] == hash) {
        return i;
      }
    }
    return -1;
  }

  /** Whether one of the four bytes is this one (Warren, Hacker's Delight, 6-1). */
  private static boolean hasByte(int word, int wanted) {
    int zero = word ^ (wanted * 0x0101_0101);
    return ((zero - 0x0101_0101) & ~zero & 0x8080_8080) != 0;
  }

  /** A slot for a key that has none: a free one, else one of a key that keeps nothing. */
  private int claim(long hash) {
    int first = set(hash) * WAYS;
    int chosen = first + (victim++ & (WAYS - 1));
    for (int i = first; i < first + WAYS; i++) {
      if (hashes[i] == 0) {
        chosen = i;
        break;
      }
      if (entries[i] == null) {
        chosen = i;
      }
    }
    setHash(chosen, hash);
    entries[chosen] = null;
    credits[chosen] = INITIAL_CREDIT;
    return chosen;
  }

  private void setHash(int slot, long hash) {
    hashes[slot] = hash;
    int shift = (slot & (WAYS - 1)) * Byte.SIZE;
    int set = slot / WAYS;
    tags[set] = (tags[set] & ~(0xff << shift)) | tag(hash) << shift;
  }

  private static int set(long hash) {
    return (int) (hash >>> 12) & (SETS - 1);
  }

  private static int tag(long hash) {
    return (int) (hash >>> 56);
  }

  /** Lets go what may not be served any more; called every second or so, on the event loop. */
  public void sweep(long nowNanos) {
    doorkeeper.admit(cache.policy().readsPerSecond());
    long era = cache.era();
    for (int i = 0; i < hashes.length; i++) {
      Entry entry = entries[i];
      if (entry == null) {
        setHash(i, 0);
      } else if (!entry.isLive(nowNanos, era)) {
        entries[i] = null;
      }
    }
  }
}
