package io.heatsink.topology;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Knows where the data is, and learns when that changes. Thread-safe. */
public interface TopologySource extends AutoCloseable {

  /** The latest picture: one volatile read. */
  Topology current();

  /** How far replicas have come; null where there never are any. */
  default @Nullable Replication replication() {
    return null;
  }

  /**
   * Somebody has reason to think that the picture is outdated: it is looked at again soon, at most
   * so often. Returns at once.
   */
  void suspect(String why);

  /** Calls back after each change, on a thread of its own, with the new picture. */
  void onChange(Consumer<Topology> listener);

  @Override
  void close();
}
