package io.heatsink.counter;

import io.heatsink.counter.shard.Shape;
import io.heatsink.policy.Glob;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which counters are split, into what, when, and what their clients are told. Immutable.
 *
 * @param pattern glob of the counter's key
 * @param glob the same, compiled
 * @param shape how many shards, and their names
 * @param always whether it is split from its first increment on, and not only while write-hot
 * @param reply what an increment is answered with
 * @param freshnessNanos how old the part of a total may be that other sidecars have counted; 0 for
 *     totals that are gathered anew each time
 * @param foldAfterMillis how long it stays split after nobody has wanted that any more
 * @param totalEveryNanos how old the total may be that its own key holds meanwhile; 0 for any age
 */
public record SplitPolicy(
    String pattern,
    Glob glob,
    Shape shape,
    boolean always,
    Reply reply,
    long freshnessNanos,
    long foldAfterMillis,
    long totalEveryNanos) {

  /** What an increment of a split counter is answered with. */
  public enum Reply {
    /** The total as far as is known here, what was counted here included. */
    APPROXIMATE,
    /** A total that there was at one moment between the increment and its answer. */
    EXACT,
    /** {@code OK}. */
    OK
  }

  public SplitPolicy(
      String pattern,
      Shape shape,
      boolean always,
      Reply reply,
      long freshnessNanos,
      long foldAfterMillis,
      long totalEveryNanos) {
    this(
        pattern,
        new Glob(pattern),
        shape,
        always,
        reply,
        freshnessNanos,
        foldAfterMillis,
        totalEveryNanos);
  }

  /** The defaults, but split always. */
  public SplitPolicy(String pattern, int shards, String name) {
    this(
        pattern,
        new Shape(shards, name),
        true,
        Reply.APPROXIMATE,
        TimeUnit.MILLISECONDS.toNanos(100),
        TimeUnit.SECONDS.toMillis(60),
        0);
  }

  /** The first of these that this key is split by, or null; off the hot path. */
  public static @Nullable SplitPolicy of(List<SplitPolicy> policies, byte[] key) {
    for (SplitPolicy policy : policies) {
      if (policy.glob().matches(key)) {
        return policy;
      }
    }
    return null;
  }

  /** How many shards. */
  public int shards() {
    return shape.shards();
  }

  /** The shards' names, with placeholders. */
  public String name() {
    return shape.name();
  }

  /** The name of one shard of this key. */
  public byte[] shard(byte[] key, int shard) {
    return shape.shard(key, shard);
  }
}
