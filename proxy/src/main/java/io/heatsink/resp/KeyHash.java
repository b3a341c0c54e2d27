package io.heatsink.resp;

import io.netty.buffer.ByteBuf;
import java.security.SecureRandom;

/**
 * A seeded 64-bit hash of binary keys.
 *
 * <p>The seed is drawn once a process, so that nobody outside can choose keys that collide. Equal
 * bytes hash alike whether they lie in a {@link ByteBuf} or in an array. Thread-safe.
 */
public final class KeyHash {

  /*
   * Eight bytes a step, multiply-and-fold as in wyhash (https://github.com/wangyi-fudan/wyhash):
   * the 128-bit product of two 64-bit words, its halves xored, mixes every input bit into every
   * output bit. The length is folded in last, so that a key and its zero-padded twin differ. Where
   * wyhash xors public constants, these are secret: with a public one, a key holding that word
   * would multiply by zero and forget all bytes before it.
   */

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long P0 = RANDOM.nextLong();
  private static final long P1 = RANDOM.nextLong();
  private static final long SEED = RANDOM.nextLong();

  private KeyHash() {}

  /** Hashes {@code length} readable bytes at {@code index}; lends {@code buf}. */
  public static long of(ByteBuf buf, int index, int length) {
    long h = SEED;
    int i = index;
    int left = length;
    for (; left >= 8; left -= 8, i += 8) {
      h = fold(buf.getLongLE(i) ^ P0, h ^ P1);
    }
    if (left > 0) {
      h = fold(tail(buf, i, left) ^ P1, h ^ P0);
    }
    return fold(h ^ P0, length ^ P1);
  }

  /** Hashes a whole array; equal to hashing the same bytes in a buffer. */
  public static long of(byte[] key) {
    long h = SEED;
    int i = 0;
    int left = key.length;
    for (; left >= 8; left -= 8, i += 8) {
      h = fold(word(key, i, 8) ^ P0, h ^ P1);
    }
    if (left > 0) {
      h = fold(word(key, i, left) ^ P1, h ^ P0);
    }
    return fold(h ^ P0, key.length ^ P1);
  }

  /** The hash of the same key in another database or for another purpose. */
  public static long with(long hash, long qualifier) {
    return qualifier == 0 ? hash : fold(hash ^ P0, qualifier * P1 ^ SEED);
  }

  private static long fold(long a, long b) {
    return (a * b) ^ Math.multiplyHigh(a, b);
  }

  private static long tail(ByteBuf buf, int index, int length) {
    if (length >= 4) {
      long low = buf.getUnsignedIntLE(index);
      long high = buf.getUnsignedIntLE(index + length - 4);
      return low | high << (8 * (length - 4));
    }
    long w = 0;
    for (int i = length - 1; i >= 0; i--) {
      w = w << 8 | (buf.getByte(index + i) & 0xff);
    }
    return w;
  }

  private static long word(byte[] key, int index, int length) {
    long w = 0;
    for (int i = length - 1; i >= 0; i--) {
      w = w << 8 | (key[index + i] & 0xff);
    }
    return w;
  }
}
