package io.heatsink.control;

import io.heatsink.command.OwnWords;
import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primary that sentinels watch. They are asked every second, and at once when any of them tells
 * of a switch.
 *
 * <p>Every switch has an epoch that a majority of sentinels agreed on, so the word with the highest
 * is the newest, even if only one has it yet; one that has slept through a switch is known by its
 * lower one, and is followed only where most sentinels say the same, as after they were set up
 * anew. Whoever is named has to agree: a server whose ROLE says that it is a replica is not
 * published.
 */
final class SentinelSource extends Watcher {

  private static final Logger LOG = LoggerFactory.getLogger(SentinelSource.class);
  private static final long CALM_MILLIS = 1_000;
  private static final long PATIENCE_MILLIS = 300;

  private final String name;
  private long epoch = -1;

  SentinelSource(Access access, Worker worker) {
    super(access, worker, CALM_MILLIS);
    name = Objects.requireNonNull(access.masterName());
  }

  @Override
  CompletableFuture<?> look() {
    for (Node sentinel : access.seeds()) {
      links().listen(sentinel, "+switch-master", this::hear);
    }
    return Links.gather(
            access.seeds(),
            sentinel ->
                links().list(sentinel, "SENTINEL", "MASTER", name).thenApply(SentinelView::of),
            PATIENCE_MILLIS)
        .thenComposeAsync(this::judge, worker);
  }

  private void hear(String message) {
    if (message.startsWith(name + " ")) {
      suspect("a sentinel says +switch-master " + message);
    }
  }

  private CompletableFuture<?> judge(Map<Node, SentinelView> views) {
    Map.Entry<Node, SentinelView> best =
        views.entrySet().stream()
            .max(Comparator.comparingLong(each -> each.getValue().epoch()))
            .orElse(null);
    if (best == null || (best.getValue().epoch() < epoch && !isMost(best.getValue(), views))) {
      return CompletableFuture.completedFuture(null);
    }
    Node teller = best.getKey();
    SentinelView newest = best.getValue();
    Node primary = newest.primary();
    CompletableFuture<Map<Node, Role>> roles =
        Links.gather(
            List.of(primary),
            node -> links().list(node, OwnWords.ROLE).thenApply(reply -> Role.of(node, reply)),
            PATIENCE_MILLIS);
    CompletableFuture<Map<Node, List<Node>>> replicas =
        Links.gather(
            List.of(teller),
            node ->
                links().list(node, "SENTINEL", "SLAVES", name).thenApply(SentinelView::replicas),
            PATIENCE_MILLIS);
    return roles.thenAcceptBothAsync(
        replicas,
        (role, well) -> accept(newest, role.get(primary), well.getOrDefault(teller, List.of())),
        worker);
  }

  private boolean isMost(SentinelView view, Map<Node, SentinelView> views) {
    long same =
        views.values().stream().filter(each -> each.primary().equals(view.primary())).count();
    return 2 * same > access.seeds().size();
  }

  private void accept(SentinelView view, @Nullable Role role, List<Node> well) {
    Node primary = view.primary();
    if (role != null && !role.isPrimary()) {
      LOG.info("sentinels say that {} is the primary, which says that it is a replica", primary);
      alert();
      return;
    }
    epoch = view.epoch();
    List<Node> replicas = well.stream().filter(node -> !node.equals(primary)).toList();
    publish(Topology.of(new Shard(primary, replicas)));
    List<Node> used = new ArrayList<>(access.seeds());
    used.add(primary);
    links().keepOnly(used);
  }
}
