package io.heatsink.detect;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The commands on hot keys in a period that a user begins and ends: what Redis' HOTKEYS is about.
 * Thread-safe.
 */
public final class HotKeyPeriod {

  /** Keys that are remembered; what comes then is not. */
  private static final int MAX_KEYS = 4 * HotKeys.MAX_HOT_KEYS;

  /** One key and its commands in the period, estimated. */
  public record Count(HotKey key, long commands) {}

  /**
   * A period as it is at one moment. Immutable.
   *
   * @param sinceMillis when it began, in milliseconds since 1970
   * @param commands all that were on keys, estimated
   * @param keys the busiest first
   */
  public record Report(
      boolean isActive, long sinceMillis, long millis, long commands, List<Count> keys) {}

  private static final class Sum {
    private HotKey key;
    private double commands;

    Sum(HotKey key) {
      this.key = key;
    }
  }

  private final HotKeys hotKeys;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Sum> sums = new HashMap<>();
  private boolean isActive;
  private boolean exists;
  private long sinceMillis;
  private long begunNanos;
  private long tickedNanos;
  private long endNanos;
  private int most;
  private double commands;

  public HotKeyPeriod(HotKeys hotKeys) {
    this.hotKeys = hotKeys;
  }

  /**
   * Begins, unless one is under way.
   *
   * @param keys how many to report
   * @param seconds after which it ends by itself; 0 for never
   */
  public boolean start(int keys, long seconds, long nowNanos) {
    lock.lock();
    try {
      if (isUnderWay(nowNanos)) {
        return false;
      }
      clear();
      exists = true;
      isActive = true;
      most = keys;
      sinceMillis = System.currentTimeMillis();
      begunNanos = nowNanos;
      tickedNanos = nowNanos;
      endNanos = seconds == 0 ? nowNanos + Long.MAX_VALUE / 2 : nowNanos + seconds * 1_000_000_000L;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Ends it, if it is under way; what was counted stays. */
  public boolean stop(long nowNanos) {
    lock.lock();
    try {
      if (!isUnderWay(nowNanos)) {
        return false;
      }
      endNanos = nowNanos;
      tick(nowNanos);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets it, unless it is under way. */
  public boolean reset(long nowNanos) {
    lock.lock();
    try {
      if (isUnderWay(nowNanos)) {
        return false;
      }
      clear();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** What was counted, or null if there is no period. */
  public @Nullable Report report(long nowNanos) {
    lock.lock();
    try {
      tick(nowNanos);
      if (!exists) {
        return null;
      }
      List<Count> keys =
          sums.values().stream()
              .sorted(Comparator.comparingDouble((Sum sum) -> sum.commands).reversed())
              .limit(most)
              .map(sum -> new Count(sum.key, Math.round(sum.commands)))
              .toList();
      long millis = (tickedNanos - begunNanos) / 1_000_000;
      return new Report(isActive, sinceMillis, millis, Math.round(commands), keys);
    } finally {
      lock.unlock();
    }
  }

  /** Counts what has come since the last time; to be called every second or so. */
  public void tick(long nowNanos) {
    lock.lock();
    try {
      if (!isActive) {
        return;
      }
      long now = nowNanos - endNanos < 0 ? nowNanos : endNanos;
      double seconds = Math.max(0, now - tickedNanos) / 1e9;
      commands += hotKeys.commandsPerSecond(nowNanos) * seconds;
      for (HotKey key : hotKeys.current().keys()) {
        Sum sum = sums.get(key.hash());
        if (sum == null && sums.size() < MAX_KEYS) {
          sum = new Sum(key);
          sums.put(key.hash(), sum);
        }
        if (sum != null) {
          sum.key = key;
          sum.commands += key.commandsPerSecond() * seconds;
        }
      }
      tickedNanos = now;
      isActive = nowNanos - endNanos < 0;
    } finally {
      lock.unlock();
    }
  }

  private boolean isUnderWay(long nowNanos) {
    return isActive && nowNanos - endNanos < 0;
  }

  private void clear() {
    sums.clear();
    commands = 0;
    exists = false;
    isActive = false;
  }
}
