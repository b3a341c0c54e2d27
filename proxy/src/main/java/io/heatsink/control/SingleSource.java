package io.heatsink.control;

import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import io.heatsink.topology.TopologySource;
import java.util.List;
import java.util.function.Consumer;

/** One server that has everything, for good. Immutable. */
final class SingleSource implements TopologySource {

  private final Topology topology;

  SingleSource(Node node) {
    topology = Topology.of(new Shard(node, List.of()));
  }

  @Override
  public Topology current() {
    return topology;
  }

  /** There is nothing else to find. */
  @Override
  public void suspect(String why) {}

  @Override
  public void onChange(Consumer<Topology> listener) {}

  @Override
  public void close() {}
}
