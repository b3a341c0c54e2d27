package io.heatsink.counter.split;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.heatsink.command.Upstream;
import io.heatsink.counter.shard.Names;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Replies;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * One who would have the own keys of split counters hold their totals; of all who would, in one
 * database, one does. Confined to its event loop.
 */
public final class Keeper {

  /*
   * A total is to be at most so old. It is read each fifth of that; who reads it has a lease of two
   * fifths, and the others look each fifth, as soon as it may be over. So whoever dies, when it was
   * just about to write, has another one write within four fifths of the latest reading; the last
   * one is for that itself.
   *
   * Two who both think that they are the one do double work and no harm: see Keeping.
   */

  private static final int PARTS = 5;
  private static final int LEASE_PARTS = 2;

  private final Upstream to;
  private final LaneStats stats;
  private final ToLongFunction<byte[]> everyNanos;
  private final long leaseMillis;
  private final long slackNanos;
  private final byte[] own =
      Replies.ascii(Long.toHexString(ThreadLocalRandom.current().nextLong()));
  private final Map<String, Long> kept = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();
  private boolean asking;
  private long restUntilNanos;

  /**
   * @param everyNanos how old the total of this counter may be that its own key holds; 0 where
   *     nobody cares
   * @param leastNanos the least that is not 0
   */
  public Keeper(
      Upstream to,
      LaneStats stats,
      ToLongFunction<byte[]> everyNanos,
      long leastNanos,
      long nowNanos) {
    this.to = to;
    this.stats = stats;
    this.everyNanos = everyNanos;
    this.leaseMillis = TimeUnit.NANOSECONDS.toMillis(leastNanos * LEASE_PARTS / PARTS);
    this.slackNanos = leastNanos / PARTS / 2;
    this.restUntilNanos = nowNanos;
  }

  /** How often {@link #tick} is to be called. */
  public static long tickNanos(long leastNanos) {
    return leastNanos / PARTS;
  }

  /** Does what is due. */
  public void tick(long nowNanos) {
    if (asking || nowNanos - restUntilNanos < 0) {
      return;
    }
    asking = true;
    Calls.run(
        to,
        Script.LEAD,
        List.of(Names.KEEPER),
        List.of(own, Calls.number(leaseMillis)),
        reply -> {
          asking = false;
          long millis = reply.isInteger() ? reply.integer() : leaseMillis;
          if (millis == 0) {
            Failpoint.LED.reached();
            Directory.list(to, false, entries -> keep(entries, nowNanos));
          } else {
            restUntilNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(millis);
          }
        });
  }

  private void keep(List<Directory.Entry> entries, long nowNanos) {
    Set<String> listed = new HashSet<>();
    for (Directory.Entry entry : entries) {
      long every = everyNanos.applyAsLong(entry.key());
      String key = new String(entry.key(), ISO_8859_1);
      Long before = kept.get(key);
      boolean isDue = before == null || nowNanos - before >= every / PARTS - slackNanos;
      if (every > 0 && listed.add(key) && isDue && underWay.add(key)) {
        kept.put(key, nowNanos);
        Keeping.keep(to, stats, entry.key(), () -> underWay.remove(key));
      }
    }
    kept.keySet().retainAll(listed);
  }
}
