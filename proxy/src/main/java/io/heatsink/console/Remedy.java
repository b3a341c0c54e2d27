package io.heatsink.console;

import io.heatsink.counter.SplitPolicy;
import io.heatsink.detect.HotKey;
import io.heatsink.detect.Sampled;
import io.heatsink.policy.Level;
import io.heatsink.policy.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done about a hot key, and why. Immutable.
 *
 * @param names such as near cache, coalesced, combined, split; or none
 * @param rule null where the key is too long for all of it to be known
 * @param ageNanos how old what is kept is; -1 where nothing is
 */
record Remedy(String names, String why, @Nullable Rule rule, long ageNanos, Sampled.Counts counts) {

  /** For one key at one moment. */
  static Remedy of(HotKey key, Observed observed, Moment moment) {
    Limits limits = moment.limits();
    Rule rule = key.isCut() ? null : observed.policies().current().of(key.key());
    long age = observed.cache().ageNanos(key.hash(), moment.nanos());
    Sampled.Counts counts = moment.lanes().counts().getOrDefault(key.hash(), Sampled.Counts.NONE);
    SplitPolicy split = split(key, limits);
    if (split != null) {
      String why = "counter split by pattern '" + split.pattern() + "'";
      return new Remedy("split over " + split.shards(), why, rule, age, counts);
    }
    List<String> names = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    if (key.readHot() || key.bigHot()) {
      reads(limits, rule, age, names, reasons);
    }
    if (key.writeHot()) {
      writes(limits, counts, names, reasons);
    }
    String name = names.isEmpty() ? "none" : String.join(", ", names);
    return new Remedy(name, String.join("; ", reasons), rule, age, counts);
  }

  static @Nullable SplitPolicy split(HotKey key, Limits limits) {
    return key.isCut() ? null : SplitPolicy.of(limits.splits(), key.key());
  }

  private static void reads(
      Limits limits, @Nullable Rule rule, long age, List<String> names, List<String> reasons) {
    Level level = rule == null ? Level.TRACKED : rule.level();
    if (level == Level.FRESH) {
      reasons.add("reads: " + rule + " says fresh");
    } else if (age >= 0) {
      names.add("near cache");
      reasons.add("reads: an answer is kept");
    } else if (!limits.coalesces()) {
      reasons.add("reads: no answer is kept, and coalescing is off");
    } else {
      names.add("coalesced");
      boolean mayKeep = level.keeps() && limits.caches();
      String none = "no answer is kept now: written as often as read, too large, or not GET";
      String never = limits.caches() ? rule + " says " + level : "the near cache is off";
      reasons.add("reads: " + (mayKeep ? none : never));
    }
    if (age < 0 && rule != null && rule.replicaLagNanos() > 0) {
      names.add("replicas");
      reasons.add("reads: " + rule + " lets replicas answer that have what was acknowledged");
    }
  }

  private static void writes(
      Limits limits, Sampled.Counts counts, List<String> names, List<String> reasons) {
    if (counts.combined() > 0) {
      names.add("combined");
      reasons.add("writes: increments travel together");
    } else if (!limits.combines()) {
      reasons.add("writes: combining is off");
    } else {
      reasons.add("writes: only increments that meet can travel together");
    }
  }
}
