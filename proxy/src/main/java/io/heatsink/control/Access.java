package io.heatsink.control;

import io.heatsink.topology.Node;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind, and how Lettuce gets in. Immutable.
 *
 * @param seeds the server, all servers of a set, the sentinels, or some nodes of a cluster
 * @param masterName what the sentinels call the primary; null for all other kinds
 * @param servers how to get in where data is
 * @param sentinels how to get in at sentinels
 * @param connectTimeout for one attempt to connect
 */
public record Access(
    Kind kind,
    List<Node> seeds,
    @Nullable String masterName,
    ControlAccess servers,
    ControlAccess sentinels,
    Duration connectTimeout) {

  /** How it is learned where the data is. */
  public enum Kind {
    SINGLE,
    REPLICAS,
    SENTINEL,
    CLUSTER
  }

  public Access {
    seeds = List.copyOf(seeds);
  }

  /** The way to one server: every connection of Lettuce's is made by what this says. */
  RedisURI uri(Node node) {
    boolean isSentinel = kind == Kind.SENTINEL && seeds.contains(node);
    RedisURI uri = (isSentinel ? sentinels : servers).uri(node.host(), node.port());
    uri.setTimeout(Links.TIMEOUT);
    return uri;
  }
}
