package io.heatsink.topology;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which server has what, at one moment. Immutable; a newer picture replaces it whole. */
public final class Topology {

  /** Hash slots of a Redis Cluster. */
  public static final int SLOTS = 16_384;

  private static final int NOBODY = -1;
  private static final short[] NO_SLOTS = {};
  private static final Topology UNKNOWN = new Topology(false, List.of(), NO_SLOTS);

  private final boolean isCluster;
  private final List<Shard> shards;

  /** Index into shards by slot; empty where one shard has everything. */
  private final short[] owners;

  private Topology(boolean isCluster, List<Shard> shards, short[] owners) {
    this.isCluster = isCluster;
    this.shards = List.copyOf(shards);
    this.owners = owners;
  }

  /** Nothing has been learned yet: no shards. */
  public static Topology unknown() {
    return UNKNOWN;
  }

  /** One server or one primary with replicas, which has everything. */
  public static Topology of(Shard shard) {
    return new Topology(false, List.of(shard), NO_SLOTS);
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

  /** Whether anything has been learned; once it has, it stays so. */
  public boolean isKnown() {
    return !shards.isEmpty();
  }

  /** Whether keys have slots, and commands on several have to stay in one. */
  public boolean isCluster() {
    return isCluster;
  }

  /** All of them, in the order of their first slots; none while unknown. */
  public List<Shard> shards() {
    return shards;
  }

  /** Who has this slot (0 to 16,383), or null where nobody is known to. */
  public @Nullable Shard shard(int slot) {
    if (shards.isEmpty()) {
      return null;
    }
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

  /** For an operator. */
  @Override
  public String toString() {
    if (!isKnown()) {
      return "not known yet";
    }
    int replicas = shards.stream().mapToInt(shard -> shard.replicas().size()).sum();
    if (!isCluster) {
      return "primary " + shards.get(0).primary() + ", " + replicas + " replicas";
    }
    int orphans = 0;
    for (short owner : owners) {
      orphans += owner == NOBODY ? 1 : 0;
    }
    String text = "cluster of " + shards.size() + " primaries, " + replicas + " replicas";
    return orphans == 0 ? text : text + ", " + orphans + " slots without an owner";
  }
}
