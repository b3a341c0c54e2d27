package io.heatsink.detect;

import io.heatsink.detect.Heat.Merge;
import io.heatsink.detect.Heat.Tally;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/** Merges what the lanes count into one set of hot keys. Thread-safe. */
public final class HotKeys {

  /*
   * Lanes and merger share three kinds of volatile field and no lock on the common path: a lane
   * publishes its summary at the end of a pane, the merger tells each lane the others' traffic (a
   * share is one of all commands), and the hot set is swapped whole. What only the sum of lanes
   * shows is found at the next tick; what one lane sees alone it promotes itself, at once. It does
   * not wait for the lock then: should the merger hold it, the key's next command tries again.
   */

  /** The most keys that are hot at a time: the hottest. */
  public static final int MAX_HOT_KEYS = 1024;

  private volatile DetectorSettings settings;
  private final SplittableRandom seeds;
  private final List<LaneDetector> lanes = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<TrackedKey, Heat> heats = new HashMap<>();
  private volatile HotSet current = HotSet.EMPTY;

  /** Seeds its random choices so that nobody outside can foresee them. */
  public HotKeys(DetectorSettings settings) {
    this(settings, new SecureRandom().nextLong());
  }

  HotKeys(DetectorSettings settings, long seed) {
    this.settings = settings;
    seeds = new SplittableRandom(seed);
  }

  /** A counter for one more lane, which lives as long as this. */
  public LaneDetector newLane() {
    lock.lock();
    try {
      LaneDetector lane = new LaneDetector(this, seeds.split());
      lanes.add(lane);
      return lane;
    } finally {
      lock.unlock();
    }
  }

  /** What counts as hot. */
  DetectorSettings settings() {
    return settings;
  }

  /** From now on this counts as hot. */
  public void settings(DetectorSettings next) {
    settings = next;
  }

  /** What is hot: one volatile read. */
  public HotSet current() {
    return current;
  }

  /** Commands a second that the lanes count, scaled back by the sampling, over their windows. */
  public double commandsPerSecond(long nowNanos) {
    double total = 0;
    for (LaneDetector lane : lanes) {
      total += commandsPerSecond(lane, nowNanos);
    }
    return total;
  }

  /**
   * Merges, promotes and demotes; to be called every 100 ms or so, on any thread.
   *
   * @param nowNanos in the lanes' clock
   */
  public void tick(long nowNanos) {
    lock.lock();
    try {
      double total = shareTraffic(nowNanos);
      Map<TrackedKey, Tally> tallies = tally(nowNanos);
      DetectorSettings now = settings;
      long cooldownNanos = now.cooldown().toNanos();
      judge(
          tallies,
          new Merge(total, now.hotCount(1, total), now.hotBytes(), cooldownNanos, nowNanos));
      publish();
    } finally {
      lock.unlock();
    }
  }

  int laneCount() {
    return lanes.size();
  }

  /** Makes a key hot at once; false when that must wait. Called by lanes, on their event loops. */
  boolean promote(Promotion promotion) {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      Heat heat = heats.get(promotion.key());
      if (heat == null) {
        if (heats.size() >= MAX_HOT_KEYS) {
          return true;
        }
        heat = new Heat(promotion.key(), promotion.nowNanos());
        heats.put(promotion.key(), heat);
      }
      heat.promote(promotion);
      publish();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private double shareTraffic(long nowNanos) {
    double total = commandsPerSecond(nowNanos);
    for (LaneDetector lane : lanes) {
      double others = lanes.size() == 1 ? 0 : total - commandsPerSecond(lane, nowNanos);
      lane.setOthersPerSecond(Math.max(0, others));
    }
    return total;
  }

  private static double commandsPerSecond(LaneDetector lane, long nowNanos) {
    LaneSummary summary = lane.summary();
    return summary.commandsPerSecond * summary.remaining(nowNanos);
  }

  private Map<TrackedKey, Tally> tally(long nowNanos) {
    Map<TrackedKey, Tally> tallies = new HashMap<>();
    for (LaneDetector lane : lanes) {
      LaneSummary summary = lane.summary();
      double remaining = summary.remaining(nowNanos);
      for (int i = 0; i < summary.size(); i++) {
        Tally tally = tallies.computeIfAbsent(summary.key(i), key -> new Tally());
        if (summary.isWrite(i)) {
          tally.writes += summary.rate(i) * remaining;
        } else {
          tally.reads += summary.rate(i) * remaining;
        }
        tally.error += summary.error(i) * remaining;
      }
      for (int i = 0; i < summary.bigSize(); i++) {
        tallies.computeIfAbsent(summary.bigKey(i), key -> new Tally()).bytes +=
            summary.bytesPerSecond(i) * remaining;
      }
    }
    return tallies;
  }

  private void judge(Map<TrackedKey, Tally> tallies, Merge merge) {
    heats.forEach(
        (key, heat) -> {
          if (!tallies.containsKey(key)) {
            heat.readNothing(merge);
          }
        });
    tallies.forEach(
        (key, tally) -> {
          Heat heat = heats.get(key);
          if (heat == null && merge.isHot(tally)) {
            heat = new Heat(key, merge.nowNanos());
            heats.put(key, heat);
          }
          if (heat != null) {
            heat.read(tally, merge);
          }
        });
    heats.values().removeIf(Heat::isCold);
    int surplus = heats.size() - MAX_HOT_KEYS;
    if (surplus > 0) {
      heats.values().stream()
          .sorted(Comparator.comparingDouble(Heat::weight))
          .limit(surplus)
          .toList()
          .forEach(heats.values()::remove);
    }
  }

  private void publish() {
    current = HotSet.of(heats.values().stream().map(Heat::toHotKey).toList());
  }
}
