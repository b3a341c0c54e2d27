package io.heatsink.counter.shard;

import java.util.concurrent.ThreadLocalRandom;

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

  /** A shard at random, from which a writer goes on in turn. */
  public int anyShard() {
    return ThreadLocalRandom.current().nextInt(shape.shards());
  }
}
