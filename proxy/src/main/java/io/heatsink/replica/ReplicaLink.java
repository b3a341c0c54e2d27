package io.heatsink.replica;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.CommandSpec.Touches;
import io.heatsink.command.KeyPositions;
import io.heatsink.command.Upstream;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Pipes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The way of one user's, database's and protocol's reads to replicas, beside that to primaries.
 * Confined to its event loop.
 */
public final class ReplicaLink {

  /*
   * Two connections have no order between them. A read that a replica is about to answer must not
   * see a write that its client sends behind it: so a write waits, with all that its client sends
   * after it, until no replica owes a reply about its keys. While it waits, reads of them go to the
   * primary. A write that is under way is looked for when a read is sent (LaneReplicas), and has
   * the read go to the primary, behind it.
   */

  private final Primaries primaries;
  private final LaneReplicas lane;
  private final KeyPositions keys = new KeyPositions();
  private final List<ReplicaReads> ways = new ArrayList<>();
  private final Map<Long, Integer> underWay = new HashMap<>();
  private final Set<Long> awaited = new HashSet<>();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean isEverythingAwaited;
  private boolean isWriting;
  private boolean holdsBack;

  public ReplicaLink(Primaries primaries, LaneReplicas lane) {
    this.primaries = primaries;
    this.lane = lane;
  }

  /** The way of reads that a replica may answer which lags no more than so. */
  public Upstream within(long maxLagNanos) {
    for (ReplicaReads way : ways) {
      if (way.maxLagNanos() == maxLagNanos) {
        return way;
      }
    }
    ReplicaReads way = new ReplicaReads(this, maxLagNanos, Pipes.nextNumber());
    ways.add(way);
    return way;
  }

  Primaries primaries() {
    return primaries;
  }

  LaneReplicas lane() {
    return lane;
  }

  /** Whether this request, which is the next of its client, has to wait for replicas' replies. */
  public boolean holdsBack(Request request, CommandSpec spec) {
    isWriting = spec.isWrite();
    holdsBack = isWriting && !underWay.isEmpty() && awaits(request, spec);
    return holdsBack;
  }

  private boolean awaits(Request request, CommandSpec spec) {
    if (!spec.accepts(request)) {
      return false;
    }
    Touches touches = spec.touches(request, keys);
    if (touches != Touches.KEYS) {
      isEverythingAwaited |= touches == Touches.EVERYTHING;
      return touches == Touches.EVERYTHING;
    }
    boolean isAny = false;
    for (int i = 0; i < keys.count(); i++) {
      long hash = keyHash(request, keys.get(i));
      if (underWay.containsKey(hash)) {
        awaited.add(hash);
        isAny = true;
      }
    }
    return isAny;
  }

  long keyHash(Request request, int word) {
    return KeyHash.with(request.hash(word), primaries.key().database());
  }

  /** What was asked about last waits: it is seen again once replicas owe nothing about its keys. */
  public boolean waits(Runnable resume) {
    if (!holdsBack) {
      return false;
    }
    holdsBack = false;
    waiting.add(resume);
    return true;
  }

  /** What was asked about last has been sent. */
  public void written() {
    isWriting = false;
  }

  /** Whether a read of this key must not go to a replica, as a write waits or is sent behind it. */
  boolean isTurned(long keyHash) {
    return isWriting || isEverythingAwaited || (!awaited.isEmpty() && awaited.contains(keyHash));
  }

  void sent(long keyHash) {
    underWay.merge(keyHash, 1, Integer::sum);
  }

  /** A read of this key is answered; before that is told. */
  void landed(long keyHash) {
    underWay.merge(keyHash, -1, (before, change) -> before == 1 ? null : before + change);
  }

  /** The same after it was told. */
  void settle(long keyHash) {
    boolean isFree = awaited.contains(keyHash) && !underWay.containsKey(keyHash);
    if (!isFree && !(isEverythingAwaited && underWay.isEmpty())) {
      return;
    }
    awaited.clear();
    isEverythingAwaited = false;
    for (int left = waiting.size(); left > 0; left--) {
      waiting.remove().run();
    }
  }
}
