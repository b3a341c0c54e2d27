package io.heatsink.cluster;

import io.heatsink.topology.Node;
import io.heatsink.upstream.Pipes;

/** One server and a lane's connections to it. Confined to its event loop. */
final class LaneNode {

  private final Node node;
  private final Pipes pipes;
  private final int index;

  /**
   * @param index where links keep their pipe to it; no two servers in use have the same
   */
  LaneNode(Node node, Pipes pipes, int index) {
    this.node = node;
    this.pipes = pipes;
    this.index = index;
  }

  Node node() {
    return node;
  }

  Pipes pipes() {
    return pipes;
  }

  int index() {
    return index;
  }

  @Override
  public String toString() {
    return node.toString();
  }
}
