package io.heatsink.replica;

import io.heatsink.command.ReplySlot;
import io.heatsink.command.Upstream;
import io.heatsink.resp.Request;
import io.heatsink.topology.Shard;
import io.heatsink.upstream.PipeKey;
import org.jspecify.annotations.Nullable;

/** Where reads travel that no replica answers. Confined to its event loop. */
public interface Primaries extends Upstream {

  /** What all that travels here has in common. */
  PipeKey key();

  /** The slot of this word of a request. */
  int slotOf(Request request, int word);

  /** The primary that commands on this slot are sent to, with its replicas; null while unsure. */
  @Nullable Shard shard(int slot);

  /** The request that these bytes are. */
  Request parse(byte[] encoded, int length);

  /** Sends a command on one slot to whoever has it. */
  void sendTo(int slot, byte[] encoded, ReplySlot to);
}
