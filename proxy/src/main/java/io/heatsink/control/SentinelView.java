package io.heatsink.control;

import io.heatsink.topology.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one sentinel says. Immutable.
 *
 * @param epoch of the failover that made this one the primary: of two words the higher is the newer
 */
record SentinelView(Node primary, long epoch) {

  /** Reads the reply to SENTINEL MASTER. */
  static SentinelView of(List<Object> reply) {
    Map<String, String> fields = fields(reply);
    return new SentinelView(node(fields), Long.parseLong(fields.getOrDefault("config-epoch", "0")));
  }

  /** The replicas that are well, from the reply to SENTINEL SLAVES. */
  static List<Node> replicas(List<Object> reply) {
    List<Node> well = new ArrayList<>();
    for (Object each : reply) {
      Map<String, String> fields = fields((List<?>) each);
      if (fields.getOrDefault("flags", "").equals("slave")
          && fields.getOrDefault("master-link-status", "").equals("ok")) {
        well.add(node(fields));
      }
    }
    well.sort((a, b) -> a.toString().compareTo(b.toString()));
    return well;
  }

  private static Node node(Map<String, String> fields) {
    return new Node(
        fields.getOrDefault("ip", ""), Integer.parseInt(fields.getOrDefault("port", "0")));
  }

  private static Map<String, String> fields(List<?> reply) {
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i + 1 < reply.size(); i += 2) {
      fields.put(String.valueOf(reply.get(i)), String.valueOf(reply.get(i + 1)));
    }
    return fields;
  }
}
