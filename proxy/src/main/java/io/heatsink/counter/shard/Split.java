package io.heatsink.counter.shard;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * One time that a counter is split, from its opening until it is folded. Immutable.
 *
 * @param epoch tells it from those before and after it, which have a smaller and a larger one
 */
public record Split(byte[] key, long epoch, Shape shape) {

  /** The name of one shard. */
  public byte[] shard(int shard) {
    return shape.shard(key, shard);
  }

  /** For how long it has been split, by the clocks of this machine and of the counter's. */
  public long ageSeconds() {
    long micros = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()) - epoch;
    return Math.max(0, TimeUnit.MICROSECONDS.toSeconds(micros));
  }

  /** A shard at random, from which a writer goes on in turn. */
  public int anyShard() {
    return ThreadLocalRandom.current().nextInt(shape.shards());
  }
}
