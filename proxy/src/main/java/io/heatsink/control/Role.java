package io.heatsink.control;

import io.heatsink.topology.Node;
import java.util.List;

/**
 * What a server answers to ROLE. Immutable.
 *
 * @param isPrimary whether it takes writes
 * @param primary whom it follows; itself for a primary
 * @param isLinked whether it is in touch with its primary; true for a primary
 * @param followers replicas that a primary has; 0 for a replica
 */
record Role(boolean isPrimary, Node primary, boolean isLinked, int followers) {

  /** Reads what {@code node} has answered. */
  static Role of(Node node, List<Object> reply) {
    if (reply.get(0).equals("master")) {
      return new Role(true, node, true, ((List<?>) reply.get(2)).size());
    }
    Node primary = new Node((String) reply.get(1), ((Long) reply.get(2)).intValue());
    return new Role(false, primary, reply.get(3).equals("connected"), 0);
  }

  /** Whether it follows that server, as far as names and addresses can be told apart. */
  boolean follows(Node other) {
    boolean isElsewhere =
        isAddress(primary.host())
            && isAddress(other.host())
            && !primary.host().equals(other.host());
    return !isPrimary && isLinked && primary.port() == other.port() && !isElsewhere;
  }

  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
  }
}
