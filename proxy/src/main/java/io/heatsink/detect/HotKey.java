package io.heatsink.detect;

import java.util.Arrays;

/**
 * One hot key as it was at the last merge. Immutable: the bytes are copied in and out.
 *
 * @param key the key's bytes, cut after {@link #MAX_KEY_BYTES}
 * @param database the database it lies in
 * @param hash the hash it is known by, its database mixed in
 * @param readHot whether its reads are hot
 * @param writeHot whether its writes are hot
 * @param readsPerSecond reads a second over the window, scaled back by the sampling
 * @param writesPerSecond writes a second over the window, scaled back by the sampling
 * @param share its part of all commands, 0 to 1
 * @param error by how much reads and writes a second together may be wrong: two standard deviations
 *     of the sampling, and all that an evicted key may have left in its counter
 * @param sinceNanos when it became hot, in the clock that the lanes count by
 * @param length bytes in the whole key
 */
@SuppressWarnings("ArrayRecordComponent") // Copied in and out, and compared by its bytes.
public record HotKey(
    byte[] key,
    int database,
    long hash,
    boolean readHot,
    boolean writeHot,
    double readsPerSecond,
    double writesPerSecond,
    double share,
    double error,
    long sinceNanos,
    int length) {

  /** Of a longer key only so many bytes are kept, to show; it is counted like any other. */
  public static final int MAX_KEY_BYTES = 256;

  public HotKey {
    key = key.clone();
  }

  /** A copy of the key's bytes. */
  @Override
  public byte[] key() {
    return key.clone();
  }

  /** Reads and writes a second. */
  public double commandsPerSecond() {
    return readsPerSecond + writesPerSecond;
  }

  /** Whether only the first bytes of the key are here. */
  public boolean isCut() {
    return key.length < length;
  }

  /** Equal when they are the same key, whatever its rates. */
  @Override
  public boolean equals(Object other) {
    return other instanceof HotKey that
        && hash == that.hash
        && database == that.database
        && length == that.length
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash);
  }
}
