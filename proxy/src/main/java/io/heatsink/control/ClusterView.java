package io.heatsink.control;

import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One picture out of what several nodes of a cluster say. Of two who are said to have a slot, the
 * one with the higher epoch has it, as among the nodes themselves; about a node that has spoken
 * itself, others are not heard. Confined to one thread.
 */
final class ClusterView {

  private static final Set<NodeFlag> UNWELL =
      Set.of(NodeFlag.FAIL, NodeFlag.EVENTUAL_FAIL, NodeFlag.HANDSHAKE, NodeFlag.NOADDR);

  private final @Nullable RedisClusterNode[] owners = new RedisClusterNode[Topology.SLOTS];
  private final Set<String> speakers = new HashSet<>();
  private final List<Partitions> views = new ArrayList<>();

  private ClusterView() {}

  /**
   * The picture; null where no slot has an owner.
   *
   * @param answers replies to CLUSTER NODES, by who gave them
   */
  static @Nullable Topology of(Map<Node, String> answers) {
    ClusterView view = new ClusterView();
    answers.forEach(view::add);
    view.views.forEach(view::claim);
    return view.picture();
  }

  /** A node that has never been met by name does not know its own. */
  private void add(Node teller, String answer) {
    Partitions view = ClusterPartitionParser.parse(answer.replace(" :", " " + teller.host() + ":"));
    views.add(view);
    for (RedisClusterNode node : view) {
      if (node.is(NodeFlag.MYSELF)) {
        speakers.add(node.getNodeId());
      }
    }
  }

  private void claim(Partitions view) {
    for (RedisClusterNode node : view) {
      boolean isOther = !node.is(NodeFlag.MYSELF) && speakers.contains(node.getNodeId());
      if (isOther || node.is(NodeFlag.NOADDR)) {
        continue;
      }
      node.forEachSlot(
          slot -> {
            RedisClusterNode other = owners[slot];
            if (other == null || other.getConfigEpoch() < node.getConfigEpoch()) {
              owners[slot] = node;
            }
          });
    }
  }

  private @Nullable Topology picture() {
    // By their first slots: whoever takes over from one of them has its place, see SCAN.
    Map<String, RedisClusterNode> primaries = new LinkedHashMap<>();
    for (RedisClusterNode owner : owners) {
      if (owner != null) {
        primaries.putIfAbsent(owner.getNodeId(), owner);
      }
    }
    if (primaries.isEmpty()) {
      return null;
    }
    Map<String, Short> indexes = new HashMap<>();
    List<Shard> shards = new ArrayList<>();
    for (RedisClusterNode primary : primaries.values()) {
      indexes.put(primary.getNodeId(), (short) shards.size());
      shards.add(new Shard(node(primary), replicas(primary.getNodeId(), primaries.keySet())));
    }
    short[] index = new short[Topology.SLOTS];
    Arrays.fill(index, (short) -1);
    for (int slot = 0; slot < index.length; slot++) {
      RedisClusterNode owner = owners[slot];
      if (owner != null) {
        index[slot] = Objects.requireNonNull(indexes.get(owner.getNodeId()));
      }
    }
    return Topology.cluster(shards, index);
  }

  /** Those that somebody calls well and nobody else. */
  private List<Node> replicas(String primaryId, Set<String> primaries) {
    Map<String, Node> well = new HashMap<>();
    Set<String> unwell = new TreeSet<>(primaries);
    for (Partitions view : views) {
      for (RedisClusterNode node : view) {
        if (UNWELL.stream().anyMatch(node::is) || !primaryId.equals(node.getSlaveOf())) {
          unwell.add(node.getNodeId());
        } else {
          well.put(node.getNodeId(), node(node));
        }
      }
    }
    well.keySet().removeAll(unwell);
    return well.values().stream().sorted((a, b) -> a.toString().compareTo(b.toString())).toList();
  }

  private static Node node(RedisClusterNode node) {
    RedisURI uri = node.getUri();
    return new Node(uri.getHost(), uri.getPort());
  }
}
