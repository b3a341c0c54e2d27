package io.heatsink.session;

import io.heatsink.command.ReplySlot;
import io.heatsink.resp.Replies;
import io.heatsink.upstream.Links;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Words what a node says of its cluster on a client's own connection as one server would: where a
 * slot is, is no concern of a client's. Confined to its event loop.
 */
final class ClusterErrors implements ReplySlot {

  private static final byte[] CROSSSLOT =
      Replies.error("CROSSSLOT Keys in request don't hash to the same slot");

  /** The slot is on its way. */
  static final byte[] MOVING =
      Replies.error("TRYAGAIN Heatsink: the slot is moving to another node; try again");

  private final Links links;
  private final ReplySlot to;
  private final boolean isOtherSlot;
  private boolean begun;

  private ClusterErrors(Links links, ReplySlot to, boolean isOtherSlot) {
    this.links = links;
    this.to = to;
    this.isOtherSlot = isOtherSlot;
  }

  /**
   * Looks at the reply on its way.
   *
   * @param isOtherSlot whether the command's slot is not that of the transaction that it is in
   */
  static ReplySlot in(Links links, ReplySlot to, boolean isOtherSlot) {
    return links.isSpread() ? new ClusterErrors(links, to, isOtherSlot) : to;
  }

  /** Whether it says that another node has the slot. */
  static boolean isElsewhere(String error) {
    return error.startsWith("-MOVED ") || error.startsWith("-ASK ");
  }

  @Override
  public boolean declines(long bytes) {
    return to.declines(bytes);
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    if (!begun && last && bytes.getByte(index) == '-') {
      String error = bytes.toString(index, length, StandardCharsets.UTF_8);
      if (isElsewhere(error)) {
        links.suspect(error.trim());
        byte[] reply = isOtherSlot ? CROSSSLOT : MOVING;
        to.part(Unpooled.wrappedBuffer(reply), 0, reply.length, true);
        return;
      }
    }
    begun = true;
    to.part(bytes, index, length, last);
  }

  @Override
  public void fail(byte[] error) {
    to.fail(error);
  }
}
