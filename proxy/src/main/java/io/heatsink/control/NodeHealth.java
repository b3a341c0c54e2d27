package io.heatsink.control;

import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Which servers of the backend answer PING, each for itself. They are asked only as long as
 * somebody wants to know, since a thousand sidecars might ask. What is told may be read by any
 * thread, all else is confined to the control plane's worker.
 */
final class NodeHealth {

  private static final long INTEREST_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** So long a server is asked that was a part of the backend: who fails is soon left out. */
  private static final long MEMORY_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** More than anybody looks at. */
  private static final int MOST = 512;

  private final Access access;
  private final Worker worker;
  private volatile Map<Node, Boolean> answers = Map.of();
  private volatile long wantedNanos = System.nanoTime() - INTEREST_NANOS;
  private final Map<Node, Long> seenNanos = new LinkedHashMap<>();
  private boolean isAsking;

  NodeHealth(Access access, Worker worker) {
    this.access = access;
    this.worker = worker;
  }

  /** Of those asked of late, whether they answered; asked again for some seconds from now on. */
  Map<Node, Boolean> answers() {
    wantedNanos = System.nanoTime();
    return answers;
  }

  /** To be called every second. */
  void look(Topology now, Links links) {
    if (isAsking) {
      return;
    }
    if (System.nanoTime() - wantedNanos > INTEREST_NANOS) {
      if (!answers.isEmpty()) {
        answers = Map.of();
        seenNanos.clear();
        links.keepToo(this, Set.of());
      }
      return;
    }
    List<Node> asked = nodes(now);
    links.keepToo(this, Set.copyOf(asked));
    isAsking = true;
    long patience = Links.TIMEOUT.plus(access.connectTimeout()).toMillis();
    var unused =
        Links.gather(asked, links::ping, patience)
            .thenAcceptAsync(
                pongs -> {
                  isAsking = false;
                  Map<Node, Boolean> told = new HashMap<>();
                  asked.forEach(node -> told.put(node, pongs.containsKey(node)));
                  answers = Map.copyOf(told);
                },
                worker);
  }

  private List<Node> nodes(Topology now) {
    long nanos = System.nanoTime();
    if (access.kind() == Access.Kind.REPLICAS) {
      access.seeds().forEach(node -> seenNanos.put(node, nanos));
    }
    for (Shard shard : now.shards()) {
      seenNanos.put(shard.primary(), nanos);
      shard.replicas().forEach(node -> seenNanos.put(node, nanos));
    }
    seenNanos.values().removeIf(seen -> nanos - seen > MEMORY_NANOS);
    return seenNanos.keySet().stream().limit(MOST).toList();
  }
}
