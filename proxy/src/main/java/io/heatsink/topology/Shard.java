package io.heatsink.topology;

import java.util.List;

/**
 * One primary and its replicas. Immutable.
 *
 * @param primary takes the writes
 * @param replicas those that are said to be well; may be empty
 */
public record Shard(Node primary, List<Node> replicas) {

  public Shard {
    replicas = List.copyOf(replicas);
  }
}
