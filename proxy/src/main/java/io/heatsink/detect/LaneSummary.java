package io.heatsink.detect;

/**
 * The busier keys of one lane at one moment. Written by its lane, then published and never changed.
 */
final class LaneSummary {

  static final LaneSummary NONE = new LaneSummary(0, 0, 0, 0);

  /** A summary so old is not yet stale: the lane may be about to publish the next. */
  static final long FRESH_NANOS = 4 * Window.PANE_NANOS;

  final long atNanos;
  final double commandsPerSecond;
  private final TrackedKey[] keys;
  private final boolean[] writes;
  private final float[] rates;
  private final float[] errors;
  private int size;
  private final TrackedKey[] big;
  private final float[] bytes;
  private int bigSize;

  /** An empty summary with room for {@code capacity} keys, and {@code bigCapacity} big ones. */
  LaneSummary(long atNanos, double commandsPerSecond, int capacity, int bigCapacity) {
    this.atNanos = atNanos;
    this.commandsPerSecond = commandsPerSecond;
    keys = new TrackedKey[capacity];
    writes = new boolean[capacity];
    rates = new float[capacity];
    errors = new float[capacity];
    big = new TrackedKey[bigCapacity];
    bytes = new float[bigCapacity];
  }

  /** Adds reads or writes of one key, in commands a second. */
  void add(TrackedKey key, boolean write, double rate, double error) {
    keys[size] = key;
    writes[size] = write;
    rates[size] = (float) rate;
    errors[size] = (float) error;
    size++;
  }

  /** Adds the bytes of one key with large values, in bytes a second. */
  void addBytes(TrackedKey key, double perSecond) {
    big[bigSize] = key;
    bytes[bigSize] = (float) perSecond;
    bigSize++;
  }

  int size() {
    return size;
  }

  int bigSize() {
    return bigSize;
  }

  TrackedKey bigKey(int i) {
    return big[i];
  }

  double bytesPerSecond(int i) {
    return bytes[i];
  }

  TrackedKey key(int i) {
    return keys[i];
  }

  boolean isWrite(int i) {
    return writes[i];
  }

  double rate(int i) {
    return rates[i];
  }

  double error(int i) {
    return errors[i];
  }

  /**
   * How much of what was counted still lies in the window at {@code nowNanos}, 0 to 1: a lane that
   * takes no traffic publishes nothing, and what it last said runs out.
   */
  double remaining(long nowNanos) {
    double staleNanos = nowNanos - atNanos - FRESH_NANOS;
    return Math.max(0, Math.min(1, 1 - staleNanos / Window.SPAN_NANOS));
  }
}
