package io.heatsink.detect;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The keys that are hot, looked up by hash. Immutable. */
public final class HotSet {

  /** Nothing is hot. */
  public static final HotSet EMPTY = new HotSet(List.of());

  private static final byte READ = 1;
  private static final byte WRITE = 2;
  private static final byte BIG = 4;

  private final List<HotKey> keys;
  private final long[] hashes;

  /** READ, WRITE and BIG bits beside each hash; 0 where the table is empty. */
  private final byte[] heat;

  private final int mask;

  private HotSet(List<HotKey> keys) {
    this.keys = keys;
    int capacity = keys.isEmpty() ? 1 : Integer.highestOneBit(keys.size()) * 4;
    hashes = new long[capacity];
    heat = new byte[capacity];
    mask = capacity - 1;
    for (HotKey key : keys) {
      put(key);
    }
  }

  /** A set of these keys. */
  static HotSet of(Collection<HotKey> keys) {
    if (keys.isEmpty()) {
      return EMPTY;
    }
    return new HotSet(
        keys.stream().sorted(Comparator.comparingDouble(HotKey::weight).reversed()).toList());
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Whether the reads of the key with this hash, its database mixed in, are hot. */
  public boolean isReadHot(long hash) {
    return (heat(hash) & READ) != 0;
  }

  /** Whether the reads of the key with this hash are worth sparing: hot, or of large values. */
  public boolean isWorthKeeping(long hash) {
    return (heat(hash) & (READ | BIG)) != 0;
  }

  /** Whether the bytes of the values of the key with this hash are hot. */
  public boolean isBigHot(long hash) {
    return (heat(hash) & BIG) != 0;
  }

  /** Whether the writes of the key with this hash, its database mixed in, are hot. */
  public boolean isWriteHot(long hash) {
    return (heat(hash) & WRITE) != 0;
  }

  /** The hot keys, hottest first. */
  public List<HotKey> keys() {
    return keys;
  }

  private byte heat(long hash) {
    return heat[find(hash)];
  }

  private void put(HotKey key) {
    int i = find(key.hash());
    hashes[i] = key.hash();
    int read = key.readHot() ? READ : 0;
    heat[i] |= (byte) (read | (key.writeHot() ? WRITE : 0) | (key.bigHot() ? BIG : 0));
  }

  /** The place of a hash, or the empty one where it would go: there always is one. */
  private int find(long hash) {
    int i = (int) hash & mask;
    while (heat[i] != 0 && hashes[i] != hash) {
      i = (i + 1) & mask;
    }
    return i;
  }
}
