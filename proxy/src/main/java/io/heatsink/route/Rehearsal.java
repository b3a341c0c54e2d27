package io.heatsink.route;

import io.heatsink.cache.CacheReader;
import io.heatsink.cache.Doorkeeper;
import io.heatsink.cache.WriteGuard;
import io.heatsink.command.Client;
import io.heatsink.command.LaneClock;
import io.heatsink.detect.HotKeys;
import io.heatsink.detect.Sampled;
import io.heatsink.flight.Coalescer;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Level;
import io.heatsink.policy.Policies;
import io.heatsink.policy.Rule;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts what near cache, coalescing and combining would have spared the backend, while they do
 * nothing. Confined to its event loop.
 */
public final class Rehearsal {

  /*
   * Every read is played through, none is sampled: a slot for each of those seen last has the times
   * between which an answer would be kept, and when the flight on the wire would have left. A slot
   * gives way to whatever has not been read for longest in its set, so the few that are worth
   * keeping stay.
   *
   * Whose answers would be kept the cache's own doorkeeper says.
   *
   * Changes by clients of this Heatsink end an answer, by the very guard that ends a real one.
   * Changes by others are not heard of, since nothing is tracked, and answers are taken to be as
   * small as they need be: so what is counted is the most that there is to be saved.
   */

  private static final int SETS = 4_096;
  private static final int WAYS = 4;
  private static final long INCREMENTS = 0x9e3779b97f4a7c15L;
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FIRST_FLIGHT_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

  /**
   * What a rehearsal looks at.
   *
   * @param reader knows TTLs; null where nothing would be kept
   */
  public record Parts(
      HotKeys hotKeys,
      Sampled sampled,
      WriteGuard guard,
      @Nullable CacheReader reader,
      LaneClock clock,
      LaneStats stats) {}

  private final Parts parts;
  private final LaneStats stats;
  private final LanePolicies policies;
  private final long[] hashes = new long[SETS * WAYS];
  private final long[] latest = new long[SETS * WAYS];
  private final long[] sent = new long[SETS * WAYS];
  private final boolean[] gathers = new boolean[SETS * WAYS];
  private final long[] liveFrom = new long[SETS * WAYS];
  private final long[] liveUntil = new long[SETS * WAYS];
  private final long[] changes = new long[SETS * WAYS];
  private final byte[] credits = new byte[SETS * WAYS];
  private final boolean[] admitted = new boolean[SETS * WAYS];
  private boolean coalesces = true;
  private boolean combines = true;
  private final Doorkeeper doorkeeper = new Doorkeeper(10, ThreadLocalRandom.current().nextLong());
  private long flightNanos = FIRST_FLIGHT_NANOS;
  private long commands;

  /** {@code policies} are what would be in force. */
  public Rehearsal(Parts parts, Policies policies) {
    this.parts = parts;
    this.stats = parts.stats();
    this.policies = new LanePolicies(policies);
    this.commands = stats.commands;
  }

  /** From now on these would be in force. */
  public void adopt(Policies next) {
    policies.adopt(next);
  }

  /**
   * From now on these settings would be in force.
   *
   * @param minRate reads a second of one key from which its answers are kept
   */
  public void settings(boolean reads, boolean increments, double minRate) {
    coalesces = reads;
    combines = increments;
    doorkeeper.admit(minRate);
  }

  /** A read of one key; {@code hash} tells it from others, {@code keyHash} is its key's. */
  void read(Client client, Request request, long hash, long keyHash, boolean mayKeep) {
    Rule rule = policies.of(keyHash, request, 1);
    if (client.wantsFresh() || rule.level() == Level.FRESH) {
      return;
    }
    long now = parts.clock().nowNanos();
    int slot = slot(hash, now);
    admit(slot, hash, keyHash, now);
    boolean isHit = mayKeep && isLive(slot, keyHash, now);
    if (isHit) {
      stats.wouldHit++;
      earn(slot);
    } else if (coalesces && Coalescer.takes(request) && joins(slot, now)) {
      stats.wouldCoalesce++;
    } else if (mayKeep) {
      fill(slot, keyHash, rule, now, isTracked(client, request, 1));
    }
    latest[slot] = now;
    if (parts.hotKeys().current().isWorthKeeping(keyHash)) {
      parts.sampled().read(keyHash, isHit);
    }
  }

  private static boolean isTracked(Client client, Request request, int word) {
    return client.upstream().of(request.bytes(word)).tracking() != null;
  }

  /** An MGET, which is answered from memory if all of it is there. */
  void readAll(Client client, Request request) {
    if (client.wantsFresh()) {
      return;
    }
    long now = parts.clock().nowNanos();
    boolean isHit = true;
    for (int i = 1; i < request.argc(); i++) {
      long hash = KeyHash.with(request.hash(i), client.database());
      int slot = slot(hash, now);
      admit(slot, hash, hash, now);
      if (!isLive(slot, hash, now)) {
        isHit = false;
        fill(slot, hash, policies.of(hash, request, i), now, isTracked(client, request, i));
      }
      latest[slot] = now;
    }
    stats.wouldHit += isHit ? 1 : 0;
  }

  /** An increment of the counter with this hash. */
  void increment(long keyHash) {
    if (!combines || !parts.hotKeys().current().isWriteHot(keyHash)) {
      return;
    }
    long now = parts.clock().nowNanos();
    int slot = slot(keyHash ^ INCREMENTS, now);
    boolean joins = joins(slot, now);
    stats.wouldCombine += joins ? 1 : 0;
    latest[slot] = now;
    parts.sampled().write(keyHash, joins);
  }

  /** Looks at how long commands take now; to be called every second. */
  public void sweep() {
    stats.observedCommands += stats.commands - commands;
    commands = stats.commands;
    long micros = stats.copy().latencyMicros().getValueAtPercentile(50);
    flightNanos = micros == 0 ? flightNanos : TimeUnit.MICROSECONDS.toNanos(micros);
  }

  /** By the rule that the near cache has for it. */
  private void admit(int slot, long hash, long keyHash, long now) {
    if (!admitted[slot]) {
      admitted[slot] =
          parts.hotKeys().current().isWorthKeeping(keyHash) || doorkeeper.admits(hash, now);
    }
  }

  private boolean isLive(int slot, long keyHash, long now) {
    return now >= liveFrom[slot] && now < liveUntil[slot] && changes[slot] == changesOf(keyHash);
  }

  private long changesOf(long keyHash) {
    return parts.guard().epoch(keyHash) + parts.guard().era();
  }

  /** Whether another's flight takes it along: that of this batch, or the one that gathers. */
  private boolean joins(int slot, long now) {
    long flight = flightNanos;
    if (gathers[slot] && now - sent[slot] >= flight) {
      gathers[slot] = false;
      sent[slot] += flight;
    }
    if (now - sent[slot] >= flight) {
      sent[slot] = now;
      return false;
    }
    if (now == sent[slot] || gathers[slot]) {
      return true;
    }
    gathers[slot] = true;
    return false;
  }

  private void fill(int slot, long keyHash, Rule rule, long now, boolean isTracked) {
    CacheReader reader = parts.reader();
    boolean isUnderWay = now < liveFrom[slot] && changes[slot] == changesOf(keyHash);
    if (reader == null || !rule.level().keeps() || !admitted[slot] || isUnderWay) {
      return;
    }
    if (credits[slot] < 0) {
      credits[slot]++;
      return;
    }
    int left = credits[slot] - CacheReader.FILL_COST;
    credits[slot] = left < 0 ? CacheReader.REST : (byte) left;
    stats.wouldFill++;
    changes[slot] = changesOf(keyHash);
    liveFrom[slot] = now + flightNanos;
    liveUntil[slot] = now + reader.ttlNanos(rule, isTracked && rule.level().tracks());
  }

  private void earn(int slot) {
    if (credits[slot] < CacheReader.MOST_CREDIT) {
      credits[slot]++;
    }
  }

  /** The slot of this hash, which another has to give up if need be. */
  private int slot(long hash, long now) {
    int first = ((int) (hash >>> 24) & (SETS - 1)) * WAYS;
    int oldest = first;
    for (int i = first; i < first + WAYS; i++) {
      if (hashes[i] == hash) {
        return i;
      }
      if (latest[i] - latest[oldest] < 0) {
        oldest = i;
      }
    }
    hashes[oldest] = hash;
    latest[oldest] = now - 60 * SECOND_NANOS;
    sent[oldest] = latest[oldest];
    gathers[oldest] = false;
    liveFrom[oldest] = now;
    liveUntil[oldest] = now;
    credits[oldest] = CacheReader.INITIAL_CREDIT;
    admitted[oldest] = false;
    return oldest;
  }
}
