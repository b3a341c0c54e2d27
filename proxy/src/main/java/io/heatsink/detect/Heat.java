package io.heatsink.detect;

/** A hot key as the merger follows it. Guarded by the merger's lock. */
final class Heat {

  /*
   * Hysteresis: a key heats up at the limit, and stays hot while it reads at least COOLING of it.
   * The cool-down runs from the last such reading; so a key around the limit does not flap, and one
   * that pauses for less than the cool-down stays.
   */

  private static final double COOLING = 0.5;

  private final TrackedKey key;
  private final long sinceNanos;
  private final Side reads = new Side();
  private final Side writes = new Side();
  private final Side bytes = new Side();
  private double share;
  private double error;

  Heat(TrackedKey key, long nowNanos) {
    this.key = key;
    sinceNanos = nowNanos;
  }

  /** Takes a lane's word: that side is hot from now on. */
  void promote(Promotion promotion) {
    Side side = promotion.write() ? writes : reads;
    side.heatUp(promotion.rate(), promotion.nowNanos());
    share = Math.max(share, promotion.share());
    error = Math.max(error, promotion.error());
  }

  /** Takes what all lanes counted, in commands a second, and cools what has been cold for long. */
  void read(Tally tally, Merge merge) {
    reads.read(tally.reads, merge.limit(), merge);
    writes.read(tally.writes, merge.limit(), merge);
    bytes.read(tally.bytes, merge.byteLimit(), merge);
    double rate = reads.rate + writes.rate;
    share = merge.total() > 0 ? Math.min(1, rate / merge.total()) : 0;
    error = tally.error;
  }

  /** As {@link #read}, where no lane speaks of the key: one that just heated up is given time. */
  void readNothing(Merge merge) {
    boolean fresh = reads.isFresh(merge.nowNanos()) || writes.isFresh(merge.nowNanos());
    if (!fresh) {
      read(Tally.NOTHING, merge);
    }
  }

  boolean isCold() {
    return !reads.hot && !writes.hot && !bytes.hot;
  }

  /** The larger, the sooner it is told of. */
  double weight() {
    return HotKey.weigh(reads.rate + writes.rate, bytes.rate);
  }

  HotKey toHotKey() {
    return new HotKey(
        key.bytes,
        key.database,
        key.hash,
        reads.hot,
        writes.hot,
        reads.rate,
        writes.rate,
        share,
        error,
        sinceNanos,
        key.length,
        bytes.hot,
        bytes.rate);
  }

  /** The traffic of one moment, by which readings are judged. */
  record Merge(double total, double limit, double hotBytes, long cooldownNanos, long nowNanos) {

    double byteLimit() {
      return hotBytes > 0 ? hotBytes : Double.MAX_VALUE;
    }

    boolean isHot(Tally tally) {
      return Math.max(tally.reads, tally.writes) >= limit || tally.bytes >= byteLimit();
    }
  }

  /** What the lanes together counted of one key, a second. */
  static final class Tally {

    static final Tally NOTHING = new Tally();

    double reads;
    double writes;
    double bytes;
    double error;
  }

  private static final class Side {

    private boolean hot;
    private double rate;
    private long heatedNanos;
    private long hotNanos;

    void heatUp(double newRate, long nowNanos) {
      hot = true;
      rate = newRate;
      heatedNanos = nowNanos;
      hotNanos = nowNanos;
    }

    void read(double newRate, double limit, Merge merge) {
      rate = newRate;
      if (!hot && newRate >= limit) {
        heatUp(newRate, merge.nowNanos());
      } else if (hot && newRate >= COOLING * limit) {
        hotNanos = merge.nowNanos();
      }
      hot = hot && merge.nowNanos() - hotNanos < merge.cooldownNanos();
    }

    boolean isFresh(long nowNanos) {
      return hot && nowNanos - heatedNanos < LaneSummary.FRESH_NANOS;
    }
  }
}
