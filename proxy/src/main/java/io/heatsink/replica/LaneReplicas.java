package io.heatsink.replica;

import io.heatsink.command.LaneClock;
import io.heatsink.command.Writes;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.KeyHash;
import io.heatsink.topology.Node;
import io.heatsink.topology.Replication;
import io.heatsink.topology.Replication.Standing;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import io.heatsink.upstream.PipeKey;
import io.heatsink.upstream.Pipes;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One lane's replicas: chooses one for a read. Confined to its event loop. */
public final class LaneReplicas {

  /** A replica that owes replies and says nothing for so long is asked no more for a while. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long LOOK_MILLIS = 20;
  private static final long AVOID_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Replicas that are no farther than the nearest one by so much share the keys. */
  private static final long ALIKE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  private static final int MAX_HELD_BYTES = 16 * 1024 * 1024;

  private final EventLoop loop;
  private final LaneClock clock;
  private final LaneStats stats;
  private final Writes writes;
  private final Replication replication;
  private final Function<Node, Pipes> connect;
  private final Map<Node, ReplicaNode> nodes = new HashMap<>();
  private final long seed = ThreadLocalRandom.current().nextLong();
  private boolean looking;
  private int heldBytes;

  /** {@code connect} makes the connections to one of them. */
  public LaneReplicas(
      EventLoop loop,
      LaneClock clock,
      LaneStats stats,
      Writes writes,
      Replication replication,
      Function<Node, Pipes> connect) {
    this.loop = loop;
    this.clock = clock;
    this.stats = stats;
    this.writes = writes;
    this.replication = replication;
    this.connect = connect;
  }

  LaneStats stats() {
    return stats;
  }

  long nowNanos() {
    return clock.nowNanos();
  }

  /**
   * A replica that has all acknowledged writes of this key, lags no more than so and is well; null
   * where there is none, or a write is under way.
   */
  @Nullable ReplicaNode choose(Shard shard, long keyHash, long maxLagNanos) {
    List<Node> replicas = shard.replicas();
    if (replicas.isEmpty()) {
      return null;
    }
    long now = clock.nowNanos();
    replication.want(shard.primary(), maxLagNanos, now);
    if (!writes.isQuiet(keyHash)) {
      return null;
    }
    long nearest = Long.MAX_VALUE;
    for (Node node : replicas) {
      Standing standing = replication.of(node);
      if (standing != null && mayAnswer(node, standing, shard, keyHash, now - maxLagNanos)) {
        nearest = Math.min(nearest, standing.rttNanos());
      }
    }
    if (nearest == Long.MAX_VALUE) {
      return null;
    }
    Node chosen = null;
    long best = Long.MIN_VALUE;
    for (Node node : replicas) {
      Standing standing = replication.of(node);
      if (standing != null
          && standing.rttNanos() <= 2 * nearest + ALIKE_NANOS
          && mayAnswer(node, standing, shard, keyHash, now - maxLagNanos)) {
        // Each key keeps to one of them, and another Heatsink's to another (rendezvous hashing).
        long score = KeyHash.with(keyHash ^ seed, node.hashCode());
        if (chosen == null || score > best) {
          best = score;
          chosen = node;
        }
      }
    }
    return chosen == null ? null : at(chosen);
  }

  private boolean mayAnswer(
      Node node, Standing standing, Shard shard, long keyHash, long sinceNanos) {
    ReplicaNode known = nodes.get(node);
    return standing.primary().equals(shard.primary())
        && standing.sinceNanos() - sinceNanos >= 0
        && replication.has(standing, keyHash)
        && (known == null || !known.isAvoided(clock.nowNanos()));
  }

  private ReplicaNode at(Node node) {
    return nodes.computeIfAbsent(node, at -> new ReplicaNode(connect.apply(at), clock.nowNanos()));
  }

  /** A read has been sent: if it is not answered in time, its primary is asked. */
  void sent(ReplicaNode to) {
    to.sent(clock.nowNanos());
    if (!looking) {
      looking = true;
      loop.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    long now = clock.refresh();
    List<ReplicaNode> silent =
        nodes.values().stream().filter(node -> node.isSilentSince(now - PATIENCE_NANOS)).toList();
    for (ReplicaNode node : silent) {
      drop(node);
    }
    looking = nodes.values().stream().anyMatch(ReplicaNode::isOwing);
    if (looking) {
      loop.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** It has its connections made anew, and is left alone for a while. */
  private void drop(ReplicaNode silent) {
    for (Map.Entry<Node, ReplicaNode> each : Map.copyOf(nodes).entrySet()) {
      if (each.getValue() == silent) {
        ReplicaNode next = new ReplicaNode(connect.apply(each.getKey()), clock.nowNanos());
        avoid(next);
        nodes.put(each.getKey(), next);
        silent.close();
      }
    }
  }

  /** It has refused a read, or says nothing. */
  void avoid(ReplicaNode node) {
    node.avoid(clock.nowNanos() + AVOID_NANOS);
  }

  /** Whether so many bytes more of a reply may wait for its end. */
  boolean holds(int bytes) {
    if (heldBytes + bytes > MAX_HELD_BYTES) {
      return false;
    }
    heldBytes += bytes;
    return true;
  }

  /** So many bytes wait no more. */
  void letGo(int bytes) {
    heldBytes -= bytes;
  }

  /** Nobody needs connections of this kind any more. */
  public void release(PipeKey key) {
    nodes.values().forEach(node -> node.release(key));
  }

  /** The slots have others now, or others replicate them. */
  public void follow(Topology topology) {
    moved();
    Set<Node> replicas = new HashSet<>();
    topology.shards().forEach(shard -> replicas.addAll(shard.replicas()));
    for (Map.Entry<Node, ReplicaNode> each : Map.copyOf(nodes).entrySet()) {
      if (!replicas.contains(each.getKey())) {
        nodes.remove(each.getKey());
        each.getValue().close();
      }
    }
  }

  /**
   * A slot has another owner: what was acknowledged by the one before has come to it in a way that
   * its replicas must have gone too.
   */
  public void moved() {
    replication.everythingEnded();
  }

  /** Closes every connection. */
  public void close() {
    nodes.values().forEach(ReplicaNode::close);
    nodes.clear();
  }
}
