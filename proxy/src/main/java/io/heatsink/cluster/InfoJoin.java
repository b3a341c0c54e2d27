package io.heatsink.cluster;

import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes one INFO of those of several nodes: the first one's, with the numbers of all. Stateless.
 */
final class InfoJoin {

  /** Fields that are the cluster's when they are added up. */
  private static final Set<String> ADDED =
      Set.of(
          "connected_clients",
          "blocked_clients",
          "used_memory",
          "used_memory_rss",
          "used_memory_dataset",
          "total_system_memory",
          "maxmemory",
          "total_connections_received",
          "total_commands_processed",
          "instantaneous_ops_per_sec",
          "total_net_input_bytes",
          "total_net_output_bytes",
          "rejected_connections",
          "expired_keys",
          "evicted_keys",
          "keyspace_hits",
          "keyspace_misses",
          "pubsub_channels",
          "pubsub_patterns",
          "pubsubshard_channels",
          "tracking_total_keys",
          "total_error_replies");

  /** Fields that hold fields: {@code db0:keys=1,expires=0,avg_ttl=0}. */
  private static final Pattern NESTED =
      Pattern.compile("db\\d+|(cmdstat|errorstat|latency_percentiles_usec)_.*");

  private InfoJoin() {}

  static byte[] join(List<WholeReply> replies) {
    for (WholeReply reply : replies) {
      if (reply.isError()) {
        return reply.encoded();
      }
    }
    Map<String, Map<String, String>> sections = sections(replies.get(0).text());
    for (WholeReply other : replies.subList(1, replies.size())) {
      sections(other.text())
          .forEach(
              (headline, lines) -> {
                Map<String, String> all =
                    sections.computeIfAbsent(headline, unused -> new LinkedHashMap<>());
                lines.forEach((name, text) -> all.merge(name, text, (a, b) -> added(name, a, b)));
              });
    }
    StringBuilder text = new StringBuilder();
    sections.forEach(
        (headline, lines) -> {
          text.append(text.isEmpty() ? "" : "\r\n").append(headline).append("\r\n");
          lines.forEach((name, value) -> text.append(name + ":" + value + "\r\n"));
        });
    return Replies.text(text.toString(), replies.get(0).encoded()[0] == '=');
  }

  /** Fields by their names, by the headline above them. */
  private static Map<String, Map<String, String>> sections(String text) {
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    Map<String, String> lines = new LinkedHashMap<>();
    for (String line : text.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (line.startsWith("#")) {
        lines = sections.computeIfAbsent(line, unused -> new LinkedHashMap<>());
      } else if (colon > 0) {
        lines.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return sections;
  }

  private static String added(String name, String a, String b) {
    if (ADDED.contains(name)) {
      // Unsigned: a difference of two that is below zero comes as a number near 2^64.
      return Long.toUnsignedString(Long.parseUnsignedLong(a) + Long.parseUnsignedLong(b));
    }
    return NESTED.matcher(name).matches() ? addedFields(a, b) : a;
  }

  private static String addedFields(String a, String b) {
    Map<String, String> sum = new LinkedHashMap<>();
    for (String field : (a + "," + b).split(",", -1)) {
      int at = field.indexOf('=');
      String name = field.substring(0, Math.max(at, 0));
      sum.merge(name, field.substring(at + 1), (x, y) -> addedField(name, x, y));
    }
    if (sum.containsKey("usec_per_call")) {
      double usec = Double.parseDouble(sum.getOrDefault("usec", "0"));
      double calls = Math.max(1, Double.parseDouble(sum.getOrDefault("calls", "0")));
      sum.put("usec_per_call", String.format(Locale.ROOT, "%.2f", usec / calls));
    }
    StringBuilder text = new StringBuilder();
    sum.forEach((name, value) -> text.append(text.isEmpty() ? "" : ",").append(name + "=" + value));
    return text.toString();
  }

  /** Times of keys and percentiles are those of the node where they are longest. */
  private static String addedField(String name, String a, String b) {
    if (name.equals("avg_ttl") || a.indexOf('.') >= 0) {
      return Double.parseDouble(a) >= Double.parseDouble(b) ? a : b;
    }
    return Long.toString(Long.parseLong(a) + Long.parseLong(b));
  }
}
