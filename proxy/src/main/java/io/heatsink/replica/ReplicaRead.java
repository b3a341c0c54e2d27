package io.heatsink.replica;

import io.heatsink.command.ReplySlot;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One read on its way to a replica. An error, no value or no reply at all has the primary asked,
 * and nobody notices. Confined to its event loop.
 */
final class ReplicaRead implements ReplySlot {

  /*
   * A replica's "there is no such key" is not believed: where a slot moves, a replica of the node
   * that has had it knows nothing of that, and has lost the key; and what expires does so by each
   * server's own clock.
   *
   * The reply is passed on when it is whole, so that the primary can still be asked if the replica
   * goes away in the middle; of very large ones at a time, the rest is passed on as it comes.
   */

  private static final int MAX_HELD_BYTES = 2 * 1024 * 1024;

  private final ReplicaLink link;
  private final ReplicaNode node;
  private final int slot;
  private final long keyHash;
  private final byte[] command;
  private final ReplySlot to;
  private @Nullable ByteBuf held;
  private boolean passing;
  private boolean fallen;

  ReplicaRead(
      ReplicaLink link, ReplicaNode node, int slot, long keyHash, byte[] command, ReplySlot to) {
    this.link = link;
    this.node = node;
    this.slot = slot;
    this.keyHash = keyHash;
    this.command = command;
    this.to = to;
  }

  void send(Pipe pipe) {
    link.sent(keyHash);
    link.lane().sent(node);
    pipe.send(command, this);
  }

  @Override
  public boolean declines(long bytes) {
    boolean declined = to.declines(bytes);
    if (declined) {
      land();
      link.settle(keyHash);
    }
    return declined;
  }

  private void land() {
    letGo();
    link.landed(keyHash);
    if (!fallen) {
      node.landed();
    }
  }

  @Override
  public void part(ByteBuf from, int index, int count, boolean last) {
    if (fallen) {
      pass(from, index, count, last);
      return;
    }
    node.progressed(link.lane().nowNanos());
    if (held == null && !passing && last) {
      judge(from, index, count);
    } else if (passing || !hold(from, index, count)) {
      passHeld();
      pass(from, index, count, last);
    } else if (last) {
      ByteBuf whole = Objects.requireNonNull(held);
      held = null;
      link.lane().letGo(whole.readableBytes());
      try {
        judge(whole, whole.readerIndex(), whole.readableBytes());
      } finally {
        whole.release();
      }
    }
  }

  private boolean hold(ByteBuf from, int index, int count) {
    ByteBuf kept = held;
    int before = kept == null ? 0 : kept.readableBytes();
    if (before + count > MAX_HELD_BYTES || !link.lane().holds(count)) {
      return false;
    }
    if (kept == null) {
      kept = ByteBufAllocator.DEFAULT.buffer(count);
      held = kept;
    }
    kept.writeBytes(from, index, count);
    return true;
  }

  private void passHeld() {
    ByteBuf kept = held;
    passing = true;
    if (kept != null) {
      held = null;
      link.lane().letGo(kept.readableBytes());
      to.part(kept, kept.readerIndex(), kept.readableBytes(), false);
      kept.release();
    }
  }

  private void letGo() {
    ByteBuf kept = held;
    if (kept != null) {
      held = null;
      link.lane().letGo(kept.readableBytes());
      kept.release();
    }
  }

  private void judge(ByteBuf from, int index, int count) {
    if (from.getByte(index) == '-') {
      String error = from.toString(index, count, StandardCharsets.UTF_8);
      if (!error.startsWith("-WRONGTYPE") && !error.startsWith("-ERR")) {
        link.lane().avoid(node);
      }
      fallBack();
    } else if (Nothing.isAll(from, index, count)) {
      fallBack();
    } else {
      pass(from, index, count, true);
    }
  }

  private void pass(ByteBuf from, int index, int count, boolean last) {
    if (!last) {
      to.part(from, index, count, false);
      return;
    }
    if (!fallen) {
      link.lane().stats().replicaReads++;
    }
    land();
    to.part(from, index, count, true);
    link.settle(keyHash);
  }

  private void fallBack() {
    letGo();
    node.landed();
    fallen = true;
    link.lane().stats().replicaFallbacks++;
    link.primaries().sendTo(slot, command, this);
  }

  @Override
  public void fail(byte[] error) {
    if (!fallen && !passing) {
      fallBack();
      return;
    }
    land();
    to.fail(error);
    link.settle(keyHash);
  }
}
