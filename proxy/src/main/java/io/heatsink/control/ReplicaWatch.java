package io.heatsink.control;

import io.heatsink.command.OwnWords;
import io.heatsink.topology.Node;
import io.heatsink.topology.Replication;
import io.heatsink.topology.Replication.Standing;
import io.heatsink.topology.Shard;
import io.heatsink.topology.TopologySource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks primaries and their replicas how far they are, as long as somebody reads from replicas.
 * Confined to the control plane's worker.
 */
final class ReplicaWatch {

  private static final long LONGEST_PAUSE_MILLIS = 250;
  private static final long SHORTEST_PAUSE_MILLIS = 10;

  /** Of the least lag that is allowed to a replica this part passes between two rounds. */
  private static final int PART_OF_LAG = 4;

  private static final int MAX_OFFSETS = 64;

  private final Replication replication;
  private final TopologySource topology;
  private final Links links;
  private final Worker worker;
  private final Map<Node, ArrayDeque<Offset>> offsets = new HashMap<>();
  private final Map<Node, Long> rtts = new HashMap<>();
  private final Set<Node> asked = new HashSet<>();
  private boolean running;

  /** Where a primary was in its history, in a round. */
  private record Offset(int round, long sinceNanos, String history, long offset) {}

  ReplicaWatch(Replication replication, TopologySource topology, Links links, Worker worker) {
    this.replication = replication;
    this.topology = topology;
    this.links = links;
    this.worker = worker;
  }

  /** From now on it asks whenever somebody wishes. */
  void start() {
    replication.onWish(() -> worker.execute(this::wake));
    wake();
  }

  private void wake() {
    if (!running) {
      running = true;
      round();
    }
  }

  private void round() {
    Set<Node> wanted = replication.wanted(System.nanoTime());
    List<Shard> shards = new ArrayList<>();
    Set<Node> nodes = new HashSet<>();
    Set<Node> replicas = new HashSet<>();
    for (Shard shard : topology.current().shards()) {
      if (wanted.contains(shard.primary()) && !shard.replicas().isEmpty()) {
        shards.add(shard);
        nodes.add(shard.primary());
        nodes.addAll(shard.replicas());
        replicas.addAll(shard.replicas());
      }
    }
    links.keepToo(this, nodes);
    replication.keepOnly(replicas);
    offsets.keySet().retainAll(nodes);
    rtts.keySet().retainAll(nodes);
    if (wanted.isEmpty()) {
      running = false;
      return;
    }
    int number = replication.begin();
    long now = System.nanoTime();
    shards.forEach(shard -> ask(shard, number, now));
    worker.after(pauseMillis(), this::round);
  }

  private long pauseMillis() {
    long longest = TimeUnit.MILLISECONDS.toNanos(LONGEST_PAUSE_MILLIS * PART_OF_LAG);
    long least = TimeUnit.NANOSECONDS.toMillis(replication.leastLagNanos(longest));
    return Math.max(SHORTEST_PAUSE_MILLIS, least / PART_OF_LAG);
  }

  private void ask(Shard shard, int round, long nowNanos) {
    Node primary = shard.primary();
    var unused =
        position(primary)
            .thenAcceptAsync(
                at -> {
                  if (at != null && at.isPrimary()) {
                    ArrayDeque<Offset> known =
                        offsets.computeIfAbsent(primary, node -> new ArrayDeque<>());
                    known.addLast(new Offset(round, nowNanos, at.history(), at.offset()));
                    if (known.size() > MAX_OFFSETS) {
                      known.removeFirst();
                    }
                  }
                },
                worker)
            .thenRunAsync(() -> shard.replicas().forEach(node -> ask(node, primary)), worker);
  }

  private void ask(Node replica, Node primary) {
    long askedNanos = System.nanoTime();
    var unused =
        position(replica)
            .thenAcceptAsync(
                at -> {
                  long took = System.nanoTime() - askedNanos;
                  if (at != null) {
                    judge(replica, primary, at, took);
                  }
                },
                worker);
  }

  /** Null where it does not say; one that owes an answer is not asked again. */
  private CompletableFuture<@Nullable Position> position(Node node) {
    if (!asked.add(node)) {
      return CompletableFuture.completedFuture(null);
    }
    return links
        .text(node, OwnWords.INFO, "replication")
        .handleAsync(
            (text, fault) -> {
              asked.remove(node);
              return text == null ? null : Position.of(text);
            },
            worker);
  }

  private void judge(Node replica, Node primary, Position at, long tookNanos) {
    if (at.isPrimary() || !at.isLinked()) {
      replication.forget(replica);
      return;
    }
    long rtt = (7 * rtts.getOrDefault(replica, tookNanos) + tookNanos) / 8;
    rtts.put(replica, rtt);
    Offset reached = null;
    for (Offset each : offsets.getOrDefault(primary, new ArrayDeque<>())) {
      if (each.history().equals(at.history()) && each.offset() <= at.offset()) {
        reached = each;
      }
    }
    if (reached != null) {
      replication.stands(
          replica, new Standing(primary, reached.round(), reached.sinceNanos(), rtt));
    }
  }
}
