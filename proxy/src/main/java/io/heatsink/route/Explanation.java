package io.heatsink.route;

import io.heatsink.cache.CacheReader;
import io.heatsink.cache.Filler;
import io.heatsink.command.Client;
import io.heatsink.counter.SplitPolicy;
import io.heatsink.detect.HotSet;
import io.heatsink.policy.Level;
import io.heatsink.policy.Rule;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import java.util.concurrent.TimeUnit;

/**
 * How a client's reads of one key are answered at this moment, and why.
 *
 * @param level in force
 * @param why the rule, and what else has a say
 * @param ttlMillis how old an answer may be, jitter apart; -1 where none is kept
 * @param maxStaleMillis how old it may be while the backend cannot be reached; -1 as above
 * @param isKept whether an answer to this client is in the near cache
 */
public record Explanation(
    Level level,
    String why,
    long ttlMillis,
    long maxStaleMillis,
    boolean isReadHot,
    boolean isWriteHot,
    boolean isBigHot,
    boolean isKept) {

  private static final String NO_CACHE = "the near cache is off (cache.enabled, detector.enabled)";
  private static final String NO_TRACKING =
      "Redis does not track what this connection reads, or not yet";
  private static final String STANDS_IN =
      "Redis cannot be reached: answers up to max_stale_ms old are served";
  private static final String NO_SHARING = "coalescing is off";

  /** Word {@code word} is the key. */
  static Explanation of(Rooms rooms, Client client, Request request, int word) {
    long hash = KeyHash.with(request.hash(word), client.database());
    Rule rule = rooms.policies().of(hash, request, word);
    Filler filler = rooms.filler();
    CacheReader cache = filler == null ? null : filler.reader();
    boolean isTracked = client.upstream().of(request.bytes(word)).tracking() != null;
    Level level = rule.level();
    String why = rule.toString();
    SplitPolicy split = rooms.splits().of(request, word);
    if (split != null) {
      level = Level.COALESCED;
      why = "a counter split by pattern '" + split.pattern() + "'";
    } else if (client.wantsFresh()) {
      level = Level.FRESH;
      why = "this client wants fresh reads (HEATSINK FRESH, or its name)";
    } else if (level.keeps() && cache == null) {
      level = rooms.coalesceAll() ? Level.COALESCED : Level.FRESH;
      why = but(rule, rooms.coalesceAll() ? NO_CACHE : NO_CACHE + " and " + NO_SHARING);
    } else if (rule.maxStaleNanos() > 0 && client.upstream().isDown()) {
      why = rule + ", and " + STANDS_IN;
    } else if (level.tracks() && !isTracked) {
      level = Level.TTL;
      why = but(rule, NO_TRACKING);
    } else if (level == Level.COALESCED && !rooms.coalesceAll()) {
      level = Level.FRESH;
      why = but(rule, NO_SHARING);
    }
    if (rule.replicaLagNanos() > 0 && level != Level.FRESH && split == null) {
      long lagMillis = TimeUnit.NANOSECONDS.toMillis(rule.replicaLagNanos());
      why += "; while hot also from replicas that lag " + lagMillis + " ms at most";
    }
    long ttlNanos = cache == null ? 0 : cache.ttlNanos(rule, level.tracks() && isTracked);
    HotSet hot = rooms.hotKeys().current();
    return new Explanation(
        level,
        why,
        level.keeps() ? TimeUnit.NANOSECONDS.toMillis(ttlNanos) : -1,
        level.keeps() && rule.maxStaleNanos() > 0 ? rule.maxStaleMillis() : -1,
        hot.isReadHot(hash),
        hot.isWriteHot(hash),
        hot.isBigHot(hash),
        cache != null && cache.has(client, hash, rooms.clock().nowNanos()));
  }

  private static String but(Rule rule, String reason) {
    return rule + " says " + rule.level() + ", but " + reason;
  }

  /** The same while the client's commands travel on a connection of its own. */
  public Explanation onOwnConnection() {
    String reason = "this client has a connection to Redis of its own now";
    return new Explanation(Level.FRESH, reason, -1, -1, isReadHot, isWriteHot, isBigHot, isKept);
  }
}
