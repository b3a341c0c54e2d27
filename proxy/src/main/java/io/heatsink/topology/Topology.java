package io.heatsink.topology;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which server has what, at one moment. Immutable; a newer picture replaces it whole. */
public final class Topology {

  /** Hash slots of a Redis Cluster. */
  public static final int SLOTS = 16_384;

  private static final int NOBODY = -1;

  private final boolean isCluster;
  private final List<Shard> shards;

  /** Index into shards by slot; empty where one shard has everything. */
  private final short[] owners;

  private Topology(boolean isCluster, List<Shard> shards, short[] owners) {
    this.isCluster = isCluster;
    this.shards = List.copyOf(shards);
    this.owners = owners;
  }

  /** One server or one primary with replicas, which has everything. */
  public static Topology of(Shard shard) {
    return new Topology(false, List.of(shard), new short[0]);
  }

  /**
   * A Redis Cluster.
   *
   * @param shards at least one
   * @param owners for each of {@link #SLOTS} slots the index of its shard, or -1; taken over
   */
  public static Topology cluster(List<Shard> shards, short[] owners) {
    if (owners.length != SLOTS || shards.isEmpty()) {
      throw new IllegalArgumentException(owners.length + " slots, " + shards.size() + " shards");
    }
    return new Topology(true, shards, owners);
  }

  /** Whether keys have slots, and commands on several have to stay in one. */
  public boolean isCluster() {
    return isCluster;
  }

  /** All of them, in an order that is the same for the same nodes. */
  public List<Shard> shards() {
    return shards;
  }

  /** Who has this slot (0 to 16,383), or null where nobody is known to. */
  public @Nullable Shard shard(int slot) {
    int index = isCluster ? owners[slot] : 0;
    return index == NOBODY ? null : shards.get(index);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Topology that
        && isCluster == that.isCluster
        && shards.equals(that.shards)
        && Arrays.equals(owners, that.owners);
  }

  @Override
  public int hashCode() {
    return 31 * shards.hashCode() + Arrays.hashCode(owners);
  }
}
