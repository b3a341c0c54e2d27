package io.heatsink.control;

import io.heatsink.command.OwnWords;
import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A Redis Cluster, of which a few nodes are asked at a time, on connections that stay: whichever
 * the cluster has, and the seeds as long as none of those answers. So a thousand sidecars cost a
 * node little, and no seed has to live as long as one node that is known does.
 */
final class ClusterSource extends Watcher {

  private static final long CALM_MILLIS = 5_000;
  private static final long PATIENCE_MILLIS = 500;
  private static final int MAX_LINKS = 16;

  private int turn;

  ClusterSource(Access access, Worker worker) {
    super(access, worker, CALM_MILLIS);
  }

  @Override
  CompletableFuture<?> look() {
    return Links.some(
            candidates(),
            node -> links().text(node, OwnWords.CLUSTER, "NODES"),
            PATIENCE_MILLIS,
            worker)
        .thenAcceptAsync(this::take, worker);
  }

  private void take(Map<Node, String> answers) {
    Topology seen = ClusterView.of(answers);
    if (seen == null) {
      return;
    }
    publish(seen);
    List<Node> known = nodes(seen);
    links().keepOnly(known.subList(0, Math.min(MAX_LINKS, known.size())));
  }

  /** Others first each time, so that one that is cut off from its own is not all that is heard. */
  private List<Node> candidates() {
    List<Node> known = nodes(current());
    if (!known.isEmpty()) {
      known = new ArrayList<>(known.subList(0, Math.min(MAX_LINKS, known.size())));
      Collections.rotate(known, -(turn++ % known.size()));
    }
    Set<Node> all = new LinkedHashSet<>(known);
    all.addAll(access.seeds());
    return new ArrayList<>(all);
  }

  /** Primaries before replicas. */
  private static List<Node> nodes(Topology topology) {
    List<Node> nodes = new ArrayList<>();
    for (Shard shard : topology.shards()) {
      nodes.add(shard.primary());
    }
    topology.shards().forEach(shard -> nodes.addAll(shard.replicas()));
    return nodes;
  }
}
