package io.heatsink.control;

import io.heatsink.command.OwnWords;
import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed set of servers: whichever says that it is the primary is it. Where two say so, the
 * present one stays until it is down: somebody is about to tell it.
 */
final class ReplicasSource extends Watcher {

  private static final Logger LOG = LoggerFactory.getLogger(ReplicasSource.class);
  private static final long CALM_MILLIS = 1_000;
  private static final long PATIENCE_MILLIS = 500;

  /** Looks in a row without an answer after which the present primary is down. */
  private static final int DOWN_AFTER = 2;

  private int misses;
  private boolean isDoubtful;

  ReplicasSource(Access access, Worker worker) {
    super(access, worker, CALM_MILLIS);
  }

  @Override
  CompletableFuture<?> look() {
    return Links.gather(
            access.seeds(),
            node -> links().list(node, OwnWords.ROLE).thenApply(reply -> Role.of(node, reply)),
            PATIENCE_MILLIS)
        .thenAcceptAsync(this::judge, worker);
  }

  private void judge(Map<Node, Role> roles) {
    List<Node> primaries = such(roles, Role::isPrimary);
    warnOf(primaries);
    Node present = current().isKnown() ? current().shards().get(0).primary() : null;
    misses = present == null || roles.containsKey(present) ? 0 : misses + 1;
    boolean isDoubted = misses > 0 && misses < DOWN_AFTER;
    boolean stays = present != null && (primaries.isEmpty() || isDoubted);
    if (present != null && (stays || primaries.contains(present))) {
      publish(picture(present, roles));
    } else if (!primaries.isEmpty()) {
      publish(picture(mostFollowed(roles), roles));
    }
    if (misses > 0) {
      alert();
    }
  }

  private void warnOf(List<Node> primaries) {
    boolean areMany = primaries.size() > 1;
    if (areMany && !isDoubtful) {
      LOG.warn("{} say that they are the primary", primaries);
    }
    isDoubtful = areMany;
  }

  private Topology picture(Node primary, Map<Node, Role> roles) {
    return Topology.of(new Shard(primary, such(roles, role -> role.follows(primary))));
  }

  private static List<Node> such(Map<Node, Role> roles, Predicate<Role> test) {
    return roles.entrySet().stream()
        .filter(each -> test.test(each.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The first primary of those with the most followers. */
  private static Node mostFollowed(Map<Node, Role> roles) {
    return roles.entrySet().stream()
        .filter(each -> each.getValue().isPrimary())
        .min(Comparator.comparingInt(each -> -each.getValue().followers()))
        .orElseThrow()
        .getKey();
  }
}
