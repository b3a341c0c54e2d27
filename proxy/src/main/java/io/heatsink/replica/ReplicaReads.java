package io.heatsink.replica;

import io.heatsink.command.ReplySlot;
import io.heatsink.command.Tracking;
import io.heatsink.command.Upstream;
import io.heatsink.resp.Request;
import io.heatsink.topology.Shard;
import io.heatsink.upstream.Pipe;
import org.jspecify.annotations.Nullable;

/** Sends reads to a replica, or else to its primary. Confined to its event loop. */
final class ReplicaReads implements Upstream {

  private final ReplicaLink link;
  private final long maxLagNanos;
  private final int number;

  ReplicaReads(ReplicaLink link, long maxLagNanos, int number) {
    this.link = link;
    this.maxLagNanos = maxLagNanos;
    this.number = number;
  }

  long maxLagNanos() {
    return maxLagNanos;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public @Nullable Tracking tracking() {
    return null;
  }

  @Override
  public void send(Request request, ReplySlot to) {
    long keyHash = link.keyHash(request, 1);
    int slot = link.primaries().slotOf(request, 1);
    Shard shard = link.isTurned(keyHash) ? null : link.primaries().shard(slot);
    ReplicaNode node = shard == null ? null : link.lane().choose(shard, keyHash, maxLagNanos);
    Pipe pipe = node == null ? null : node.ready(link.primaries().key());
    if (node == null || pipe == null) {
      link.primaries().send(request, to);
    } else {
      new ReplicaRead(link, node, slot, keyHash, request.encoded(), to).send(pipe);
    }
  }

  @Override
  public void send(byte[] encoded, int length, ReplySlot to) {
    send(link.primaries().parse(encoded, length), to);
  }

  @Override
  public boolean isDown() {
    return link.primaries().isDown();
  }

  @Override
  public boolean isFull() {
    return link.primaries().isFull();
  }

  @Override
  public void whenRoom(Runnable resume) {
    link.primaries().whenRoom(resume);
  }
}
