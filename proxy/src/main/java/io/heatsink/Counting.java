package io.heatsink;

import io.heatsink.config.HeatsinkConfig.SplitCounter;
import io.heatsink.counter.SplitPolicy;
import io.heatsink.counter.shard.Shape;
import java.util.List;

/** Which counters are split, by the settings. */
final class Counting {

  private Counting() {}

  static List<SplitPolicy> policies(List<SplitCounter> counters) {
    return counters.stream().map(Counting::policy).toList();
  }

  private static SplitPolicy policy(SplitCounter of) {
    return new SplitPolicy(
        of.pattern(),
        new Shape(of.shards(), of.name()),
        of.when() == SplitCounter.When.ALWAYS,
        SplitPolicy.Reply.valueOf(of.reply().name()),
        of.freshness().toNanos(),
        of.foldAfter().toMillis(),
        of.totalEvery().toNanos());
  }
}
