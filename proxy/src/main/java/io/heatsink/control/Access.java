package io.heatsink.control;

import io.heatsink.topology.Node;
import io.heatsink.upstream.Credentials;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind, and how Lettuce gets in. Immutable.
 *
 * @param seeds the server, all servers of a set, the sentinels, or some nodes of a cluster
 * @param masterName what the sentinels call the primary; null for all other kinds
 * @param credentials for servers that hold data
 * @param sentinelCredentials for sentinels
 * @param connectTimeout for one attempt to connect
 */
public record Access(
    Kind kind,
    List<Node> seeds,
    @Nullable String masterName,
    Credentials credentials,
    Credentials sentinelCredentials,
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
    RedisURI.Builder uri =
        node.port() == 0
            ? RedisURI.Builder.socket(node.host())
            : RedisURI.builder().withHost(node.host()).withPort(node.port());
    boolean isSentinel = kind == Kind.SENTINEL && seeds.contains(node);
    Credentials who = isSentinel ? sentinelCredentials : credentials;
    String password = who.password();
    String username = who.username();
    if (password != null && username != null) {
      uri.withAuthentication(username, password);
    } else if (password != null) {
      uri.withPassword(password.toCharArray());
    }
    return uri.withTimeout(Links.TIMEOUT).build();
  }
}
