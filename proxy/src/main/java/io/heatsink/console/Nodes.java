package io.heatsink.console;

import com.google.gson.stream.JsonWriter;
import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Shows where the data is. */
final class Nodes {

  private Nodes() {}

  /** One line about what is different. */
  static String change(@Nullable Topology before, @Nullable Topology now) {
    Set<String> gone = primaries(before);
    Set<String> come = primaries(now);
    Set<String> same = new TreeSet<>(come);
    same.retainAll(gone);
    gone.removeAll(same);
    come.removeAll(same);
    if (gone.isEmpty() && come.isEmpty()) {
      return "topology changed: replicas or slots have moved";
    }
    return "topology changed: primaries new "
        + (come.isEmpty() ? "none" : String.join(", ", come))
        + ", gone "
        + (gone.isEmpty() ? "none" : String.join(", ", gone));
  }

  private static Set<String> primaries(@Nullable Topology topology) {
    Set<String> names = new TreeSet<>();
    if (topology != null) {
      topology.shards().forEach(shard -> names.add(shard.primary().toString()));
    }
    return names;
  }

  /** {@code answers} says of servers whether they do, as far as they have been asked. */
  static void write(JsonWriter json, Observed.Backend backend, Map<Node, Boolean> answers)
      throws IOException {
    Topology topology = backend.topology();
    json.name("topology").beginObject();
    json.name("backend").value(backend.name());
    json.name("reachable").value(backend.isReachable());
    json.name("detail").value(backend.detail());
    json.name("cluster").value(topology != null && topology.isCluster());
    json.name("shards").beginArray();
    if (topology == null) {
      json.beginObject().name("primary").value(backend.name());
      json.name("replicas").beginArray().endArray().name("slots").value(0).endObject();
    } else {
      int[] slots = slots(topology);
      List<Shard> shards = topology.shards();
      for (int i = 0; i < shards.size(); i++) {
        json.beginObject().name("primary").value(shards.get(i).primary().toString());
        json.name("replicas").beginArray();
        for (Node replica : shards.get(i).replicas()) {
          json.value(replica.toString());
        }
        json.endArray().name("slots").value(slots[i]).endObject();
      }
    }
    json.endArray();
    health(json, topology == null ? List.of() : topology.shards(), new HashMap<>(answers));
    json.endObject();
  }

  private static void health(JsonWriter json, List<Shard> shards, Map<Node, Boolean> answers)
      throws IOException {
    json.name("nodes").beginArray();
    for (Shard shard : shards) {
      health(json, "primary", shard.primary(), answers);
      for (Node replica : shard.replicas()) {
        health(json, "replica", replica, answers);
      }
    }
    for (Node other : List.copyOf(answers.keySet())) {
      health(json, "none", other, answers);
    }
    json.endArray();
  }

  private static void health(JsonWriter json, String role, Node node, Map<Node, Boolean> answers)
      throws IOException {
    json.beginObject().name("name").value(node.toString());
    json.name("role").value(role);
    json.name("answers").value(answers.remove(node)).endObject();
  }

  /** How many slots each shard has. */
  private static int[] slots(Topology topology) {
    List<Shard> shards = topology.shards();
    int[] counts = new int[shards.size()];
    for (int slot = 0; topology.isCluster() && slot < Topology.SLOTS; slot++) {
      Shard owner = topology.shard(slot);
      if (owner != null) {
        counts[shards.indexOf(owner)]++;
      }
    }
    return counts;
  }
}
