package io.heatsink.detect;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;

/**
 * Counts the keyed commands of one lane. Confined to its event loop; only {@link #summary} and
 * {@link #setOthersPerSecond} are for the merger's thread.
 *
 * <p>For each command that touches a key, {@link #sample} says whether to {@link #count} it. Time
 * is an argument, and may come from any clock that all lanes share and that does not run backwards.
 */
public final class LaneDetector {

  /*
   * Two rules, judged at the very count that fulfils them, so that nothing waits for a timer.
   *
   * Window: the key's count over the sliding window is at the limit. Exact, but a key that begins
   * has to fill a part of the window first.
   *
   * Burst: its count in the newest panes is at BURST_FACTOR times what such a part of an average
   * window has to hold. They are compared with whole panes, not with the part that has passed: a
   * single pipeline at the start of a pane is no rate. On a quiet lane the limit in commands is
   * small, so that a few dozen to a few hundred requests suffice; on a busy one it is as far above
   * the noise of counting as BURST_SAMPLES demands.
   *
   * Reads and writes of a key are two slots: the write's hash is its own.
   */

  private static final long WRITE = 0x9e3779b97f4a7c15L;

  /** So many samples of a key at the limit leave its rate within about a tenth. */
  private static final int WANTED_SAMPLES = 100;

  private static final int MAX_ADAPTIVE_PERIOD = 64;
  private static final int WINDOW_SAMPLES = 16;
  private static final int BURST_SAMPLES = 32;
  private static final int BURST_FACTOR = 2;

  /** A key is named, and told to the merger, from this part of a lane's fair part of the limit. */
  private static final double WATCHED_PART = 0.25;

  private static final int MIN_WATCHED_SAMPLES = 4;

  /** The part of the room for names from which fewer keys are watched. */
  private static final double CROWDED = 0.75;

  private static final long SUMMARY_NANOS = 100_000_000;

  /** Between two summaries; what is more waits for the merger. Bounds the work in one go. */
  private static final int MAX_PROMOTIONS = 16;

  private final HotKeys hotKeys;
  private final Sampler sampler;
  private final CounterTable table;
  private final BigKeys big;
  private final Window window = new Window();

  private boolean begun;

  /** Counts below this need no second look: the smallest of the three limits that follow. */
  private int noticeLimit;

  private int watchLimit;
  private int windowLimit;
  private int burstLimit;
  private int promotionsLeft;

  /** Raises the watch limit while names are scarce, 1 to 1 / WATCHED_PART. */
  private double crowding = 1;

  private volatile LaneSummary summary = LaneSummary.NONE;
  private volatile double othersPerSecond;

  LaneDetector(HotKeys hotKeys, SplittableRandom random) {
    this.hotKeys = hotKeys;
    sampler = new Sampler(random.split());
    table = new CounterTable(random.split());
    big = new BigKeys(random.split());
    sampler.setPeriod(Math.max(1, hotKeys.settings().sampling()));
  }

  /** Notes one keyed command; true when it is to be counted. Picks at random, see the settings. */
  public boolean sample() {
    return sampler.pick();
  }

  /** Commands noted since the start, counted or not. */
  public long commandsSeen() {
    return sampler.seen();
  }

  /**
   * Counts a key of the command that {@link #sample} just picked.
   *
   * @param hash of the key, its database mixed in
   * @param key lends the bytes at {@code [index, index + length)}; copied only for a busy key
   * @param write whether the command changes the key
   */
  public void count(
      long hash, int database, ByteBuf key, int index, int length, boolean write, long nowNanos) {
    if (!begun || window.isPaneOver(nowNanos)) {
      advance(nowNanos);
    }
    int weight = sampler.weight();
    window.add(weight);
    int slot = table.add(write ? hash ^ WRITE : hash, weight);
    if (slot < 0 || table.count(slot) < noticeLimit) {
      return;
    }
    if (table.count(slot) >= watchLimit
        && table.name(slot) == null
        && table.hasRoomForName(length)) {
      table.setName(slot, TrackedKey.copyOf(hash, database, key, index, length));
    }
    if (isAtLimit(slot) && !isHot(hash, write) && isConfirmed(slot, nowNanos)) {
      TrackedKey name = table.name(slot);
      promote(
          name != null ? name : TrackedKey.copyOf(hash, database, key, index, length),
          slot,
          write,
          nowNanos);
    }
  }

  /**
   * Counts the bytes of a large value that a command reads or writes; sampled or not.
   *
   * @param key lends the bytes at {@code [index, index + length)}
   */
  public void weigh(
      long hash, int database, ByteBuf key, int index, int length, long valueBytes, long nowNanos) {
    if (hotKeys.settings().hotBytes() > 0) {
      if (!begun || window.isPaneOver(nowNanos)) {
        // Few large values may be all that comes, and of few commands next to none is sampled.
        advance(nowNanos);
      }
      big.add(hash, database, key, index, length, valueBytes, nowNanos);
    }
  }

  /** What this lane last told; any thread. */
  LaneSummary summary() {
    return summary;
  }

  /** What this lane could tell at this moment. */
  LaneSummary summaryAt(long nowNanos) {
    double fraction = window.fraction(nowNanos);
    double perSecond = 1 / window.seconds(fraction, nowNanos);
    LaneSummary next =
        new LaneSummary(
            nowNanos,
            window.total(fraction) * perSecond,
            table.namedSize() + 2 * big.size(),
            big.size());
    for (int i = 0; i < table.namedSize(); i++) {
      int slot = table.namedSlot(i);
      TrackedKey name = table.name(slot);
      if (name != null) {
        double rate = table.estimate(slot, fraction) * perSecond;
        next.add(name, table.isWrite(slot), rate, error(slot, fraction) * perSecond);
      }
    }
    double watched = WATCHED_PART * hotKeys.settings().hotBytes() / hotKeys.laneCount();
    for (int i = 0; i < big.size(); i++) {
      TrackedKey key = big.key(i);
      double bytes = big.bytesPerSecond(i, nowNanos);
      if (key != null && bytes > watched) {
        next.addBytes(key, bytes);
        addNameless(next, key, false, fraction, perSecond);
        addNameless(next, key, true, fraction, perSecond);
      }
    }
    return next;
  }

  /** Of a key with large values the rate is told however low it is. */
  private void addNameless(
      LaneSummary next, TrackedKey key, boolean write, double fraction, double perSecond) {
    int slot = table.find(write ? key.hash ^ WRITE : key.hash);
    if (slot >= 0 && table.name(slot) == null) {
      double rate = table.estimate(slot, fraction) * perSecond;
      next.add(key, write, rate, error(slot, fraction) * perSecond);
    }
  }

  /** Tells how many commands a second the other lanes take; any thread. */
  void setOthersPerSecond(double othersPerSecond) {
    this.othersPerSecond = othersPerSecond;
  }

  private boolean isAtLimit(int slot) {
    return table.count(slot) >= windowLimit || table.burstCount(slot) >= burstLimit;
  }

  private boolean isHot(long hash, boolean write) {
    HotSet hot = hotKeys.current();
    return write ? hot.isWriteHot(hash) : hot.isReadHot(hash);
  }

  /** Judges by this moment's traffic: the limits at hand are those of the pane's beginning. */
  private boolean isConfirmed(int slot, long nowNanos) {
    double fraction = window.fraction(nowNanos);
    double seconds = window.seconds(fraction, nowNanos);
    double total = window.total(fraction) + othersPerSecond * seconds;
    return table.estimate(slot, fraction) >= windowCount(seconds, total)
        || table.burstCount(slot) >= burstCount(seconds, total);
  }

  private double windowCount(double seconds, double total) {
    return Math.max(
        (double) WINDOW_SAMPLES * sampler.weight(), hotKeys.settings().hotCount(seconds, total));
  }

  private double burstCount(double seconds, double total) {
    double part = (double) Window.BURST_PANES / Window.PANES;
    double seen = window.burstCommands() + othersPerSecond * seconds * part;
    double limit = hotKeys.settings().hotCount(seconds * part, Math.max(seen, total * part));
    return Math.max((double) BURST_SAMPLES * sampler.weight(), BURST_FACTOR * limit);
  }

  private void promote(TrackedKey key, int slot, boolean write, long nowNanos) {
    if (promotionsLeft == 0) {
      return;
    }
    double fraction = window.fraction(nowNanos);
    double perSecond = 1 / window.seconds(fraction, nowNanos);
    double rate = table.estimate(slot, fraction) * perSecond;
    double total = window.total(fraction) * perSecond + othersPerSecond;
    double error = error(slot, fraction) * perSecond;
    if (hotKeys.promote(new Promotion(key, write, rate, rate / total, error, nowNanos))) {
      promotionsLeft--;
    }
  }

  private void advance(long nowNanos) {
    long gap = nowNanos - window.paneStartNanos();
    if (!begun || gap > Window.SPAN_NANOS) {
      begun = true;
      table.clear();
      window.begin(nowNanos);
    } else if (gap < Window.PANE_NANOS) {
      turn(nowNanos);
    } else {
      for (; gap >= Window.PANE_NANOS; gap -= Window.PANE_NANOS) {
        turn(window.paneStartNanos() + Window.PANE_NANOS);
      }
    }
    setLimits(nowNanos);
    if (nowNanos - summary.atNanos >= SUMMARY_NANOS || summary == LaneSummary.NONE) {
      table.forgetBelow(watchLimit / 2);
      setCrowding();
      summary = summaryAt(nowNanos);
      promotionsLeft = MAX_PROMOTIONS;
    }
  }

  private void setCrowding() {
    double used = table.namesUsed();
    if (used > CROWDED) {
      crowding = Math.min(1 / WATCHED_PART, 2 * crowding);
    } else if (used < CROWDED / 4) {
      crowding = Math.max(1, crowding / 2);
    }
  }

  private void turn(long startNanos) {
    window.turn(startNanos);
    table.turn();
  }

  private void setLimits(long nowNanos) {
    double fraction = window.fraction(nowNanos);
    double seconds = window.seconds(fraction, nowNanos);
    double total = window.total(fraction) + othersPerSecond * seconds;
    double limit = windowCount(seconds, total);
    double watched = crowding * WATCHED_PART * limit / hotKeys.laneCount();
    watchLimit = ceil(Math.max((double) MIN_WATCHED_SAMPLES * sampler.weight(), watched));
    windowLimit = ceil(limit);
    burstLimit = ceil(burstCount(seconds, total));
    noticeLimit = Math.min(Math.min(watchLimit, windowLimit), burstLimit);
    int fixed = hotKeys.settings().sampling();
    int adapted = (int) Math.min(MAX_ADAPTIVE_PERIOD, limit / WANTED_SAMPLES);
    sampler.setPeriod(fixed > 0 ? fixed : Math.max(1, Integer.highestOneBit(adapted)));
  }

  /** Two standard deviations of the sampling, and what the slot inherited; in commands. */
  private double error(int slot, double fraction) {
    double variance = table.estimate(slot, fraction) * (window.meanWeight() - 1);
    return 2 * Math.sqrt(Math.max(0, variance)) + table.inherited(slot);
  }

  private static int ceil(double commands) {
    return (int) Math.min(Integer.MAX_VALUE, Math.ceil(commands));
  }
}
