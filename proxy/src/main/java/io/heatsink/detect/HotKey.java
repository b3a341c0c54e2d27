package io.heatsink.detect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
 * @param bigHot whether the bytes of its values are hot, however seldom they are asked for
 * @param bytesPerSecond bytes a second of its large values, read and written; 0 where they are few
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
    int length,
    boolean bigHot,
    double bytesPerSecond) {

  /** Of a longer key only so many bytes are kept, to show; it is counted like any other. */
  public static final int MAX_KEY_BYTES = 256;

  /** So many bytes weigh as much as one command: a rate of both is hot by default at once. */
  private static final double COMMAND_BYTES = 10_000;

  public HotKey {
    key = key.clone();
  }

  /** One whose values are small. */
  public HotKey(
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
    this(
        key,
        database,
        hash,
        readHot,
        writeHot,
        readsPerSecond,
        writesPerSecond,
        share,
        error,
        sinceNanos,
        length,
        false,
        0);
  }

  /** By which hot keys are ordered: the larger of two loads. */
  static double weigh(double commandsPerSecond, double bytesPerSecond) {
    return Math.max(commandsPerSecond, bytesPerSecond / COMMAND_BYTES);
  }

  /** The same of this one. */
  double weight() {
    return weigh(commandsPerSecond(), bytesPerSecond);
  }

  /** By what it is hot, of {@code read}, {@code write} and {@code big}. */
  public List<String> heat() {
    return heat(readHot, writeHot, bigHot);
  }

  /** The names of these kinds of heat. */
  public static List<String> heat(boolean read, boolean write, boolean big) {
    List<String> heat = new ArrayList<>();
    if (read) {
      heat.add("read");
    }
    if (write) {
      heat.add("write");
    }
    if (big) {
      heat.add("big");
    }
    return heat;
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
