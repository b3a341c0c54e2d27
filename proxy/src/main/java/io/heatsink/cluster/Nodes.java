package io.heatsink.cluster;

import io.heatsink.topology.Node;
import io.heatsink.upstream.Pipes;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The servers that a lane has connections to. Confined to its event loop. */
final class Nodes {

  private final Function<Node, Pipes> connect;
  private final Map<Node, LaneNode> all = new HashMap<>();
  private final BitSet taken = new BitSet();

  Nodes(Function<Node, Pipes> connect) {
    this.connect = connect;
  }

  LaneNode at(Node node) {
    LaneNode known = all.get(node);
    if (known == null) {
      int index = taken.nextClearBit(0);
      taken.set(index);
      known = new LaneNode(node, connect.apply(node), index);
      all.put(node, known);
    }
    return known;
  }

  /** The one that this node speaks of; where it names no host, it is one on its own. */
  LaneNode at(Node named, LaneNode speaker) {
    boolean isHere = named.host().isEmpty() || named.host().equals("?");
    return at(isHere ? new Node(speaker.node().host(), named.port()) : named);
  }

  @Nullable LaneNode find(Node node) {
    return all.get(node);
  }

  /** It is no longer used: its connections are closed. */
  void remove(LaneNode gone) {
    if (all.remove(gone.node(), gone)) {
      taken.clear(gone.index());
      gone.pipes().close();
    }
  }

  Collection<LaneNode> all() {
    return List.copyOf(all.values());
  }
}
