package io.heatsink.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Equal bytes hash alike, different ones do not. */
class KeyHashTest {

  private static final long SEED = 20261122;

  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void buffersHashAsArraysDo() {
    for (int length = 0; length <= 64; length++) {
      byte[] key = new byte[length];
      random.nextBytes(key);
      long hash = KeyHash.of(key);
      for (int shift = 0; shift < 9; shift++) {
        assertBuffer(Unpooled.buffer(length + 32), key, shift, hash);
        assertBuffer(Unpooled.directBuffer(length + 32), key, shift, hash);
      }
    }
  }

  private static void assertBuffer(ByteBuf buf, byte[] key, int shift, long hash) {
    buf.writeZero(shift).writeBytes(key).writeByte(0xff);
    assertThat(KeyHash.of(buf, shift, key.length)).as("%d bytes", key.length).isEqualTo(hash);
    ByteBuf slice = buf.slice(shift, key.length);
    assertThat(KeyHash.of(slice, 0, key.length)).as("slice of %d", key.length).isEqualTo(hash);
    assertThat(buf.release()).isTrue();
  }

  @Test
  void similarKeysDiffer() {
    Set<Long> hashes = new HashSet<>();
    int keys = 0;
    for (int length = 0; length <= 40; length++) {
      assertThat(hashes.add(KeyHash.of(new byte[length]))).as("%d zeros", length).isTrue();
      keys++;
      for (int at = 0; at < length; at++) {
        for (int bit = 0; bit < 8; bit++) {
          byte[] key = new byte[length];
          key[at] = (byte) (1 << bit);
          hashes.add(KeyHash.of(key));
          keys++;
        }
      }
    }
    assertThat(hashes).hasSize(keys);
  }

  /** One bit of a key changes each bit of the hash about every other time. */
  @Test
  void everyBitCounts() {
    int[] flips = new int[64];
    int trials = 0;
    for (int round = 0; round < 400; round++) {
      byte[] key = new byte[1 + random.nextInt(32)];
      random.nextBytes(key);
      long before = KeyHash.of(key);
      for (int bit = 0; bit < key.length * 8; bit++) {
        key[bit >> 3] ^= (byte) (1 << (bit & 7));
        long changed = before ^ KeyHash.of(key);
        key[bit >> 3] ^= (byte) (1 << (bit & 7));
        trials++;
        for (int i = 0; i < 64; i++) {
          flips[i] += (int) (changed >>> i & 1);
        }
      }
    }
    for (int i = 0; i < 64; i++) {
      assertThat((double) flips[i] / trials).as("bit %d, seed %d", i, SEED).isBetween(0.4, 0.6);
    }
  }

  @Test
  void anotherDatabaseIsAnotherHash() {
    long hash = KeyHash.of(Wire.bytes("key"));
    assertThat(KeyHash.with(hash, 0)).isEqualTo(hash);
    Set<Long> seen = new HashSet<>();
    for (int database = 0; database < 10_000; database++) {
      seen.add(KeyHash.with(hash, database));
      seen.add(KeyHash.with(hash + 1, database));
    }
    assertThat(seen).hasSize(20_000);
    assertThat(KeyHash.with(hash, 7)).isEqualTo(KeyHash.with(hash, 7));
  }
}
