package io.heatsink.cluster;

import io.heatsink.command.ErrorReplies;
import io.heatsink.command.ReplySlot;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One command on its way to whoever has its slot, kept until it is answered. Confined to its event
 * loop; used again once it is.
 */
final class Attempt implements ReplySlot {

  private static final int INITIAL_BYTES = 128;
  private static final int KEPT_BYTES = 1024;

  private final Dispatch dispatch;
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;
  private @Nullable ClusterLink link;
  private @Nullable ReplySlot to;
  private @Nullable LaneNode node;
  private @Nullable ByteBuf error;
  private boolean begun;

  /** Its place among all commands of the lane. */
  long order;

  int slot;
  int redirects;

  /** When it is given up, or 0 while it has not been waited for. */
  long deadlineNanos;

  /** Why it is held, as an encoded error reply; null if it has not been sent. */
  byte @Nullable [] why;

  /** The next one that is held. */
  @Nullable Attempt next;

  Attempt(Dispatch dispatch) {
    this.dispatch = dispatch;
  }

  void begin(ClusterLink by, int toSlot, long place, ReplySlot replyTo) {
    link = by;
    slot = toSlot;
    order = place;
    to = replyTo;
    begun = false;
    redirects = 0;
    deadlineNanos = 0;
    why = null;
    next = null;
  }

  /** Room for the command. */
  byte[] room(int count) {
    length = count;
    if (bytes.length < count) {
      bytes = new byte[count];
    }
    return bytes;
  }

  int length() {
    return length;
  }

  byte[] command() {
    return bytes;
  }

  ClusterLink link() {
    return Objects.requireNonNull(link);
  }

  /** Where it was sent last. */
  LaneNode node() {
    return Objects.requireNonNull(node);
  }

  void send(LaneNode there) {
    node = there;
    Pipe pipe = link().pipe(there);
    if (pipe == null) {
      fail(ErrorReplies.NOT_SENT);
    } else {
      pipe.send(bytes, length, this);
    }
  }

  @Override
  public boolean declines(long missing) {
    boolean declined = receiver().declines(missing);
    if (declined) {
      dispatch.landed(this);
    }
    return declined;
  }

  @Override
  public void part(ByteBuf from, int index, int count, boolean last) {
    if (!begun && (error != null || from.getByte(index) == '-')) {
      error(from, index, count, last);
      return;
    }
    begun = true;
    ReplySlot receiver = receiver();
    if (last) {
      dispatch.landed(this);
    }
    receiver.part(from, index, count, last);
  }

  private void error(ByteBuf from, int index, int count, boolean last) {
    ByteBuf text = error;
    if (text == null) {
      error = text = Unpooled.buffer(count);
    }
    text.writeBytes(from, index, count);
    if (!last) {
      return;
    }
    error = null;
    byte[] reply = new byte[text.readableBytes()];
    text.readBytes(reply);
    if (!dispatch.takesBack(this, reply)) {
      ReplySlot receiver = receiver();
      dispatch.landed(this);
      receiver.part(Unpooled.wrappedBuffer(reply), 0, reply.length, true);
    }
  }

  @Override
  public void fail(byte[] reason) {
    boolean wasBegun = begun || error != null;
    error = null;
    if (wasBegun || !dispatch.takesBackFailed(this, reason)) {
      ReplySlot receiver = receiver();
      dispatch.landed(this);
      receiver.fail(reason);
    }
  }

  /** It is sent as if it had just come. */
  void sendAnew() {
    ClusterLink by = link();
    ReplySlot receiver = receiver();
    byte[] command = Arrays.copyOf(bytes, length);
    dispatch.recycle(this);
    by.send(command, command.length, receiver);
  }

  /** It is not sent again: whoever waits is told why. */
  void giveUp(byte[] reason) {
    ReplySlot receiver = receiver();
    dispatch.recycle(this);
    if (ErrorReplies.isOwn(reason)) {
      receiver.fail(reason);
    } else {
      receiver.part(Unpooled.wrappedBuffer(reason), 0, reason.length, true);
    }
  }

  private ReplySlot receiver() {
    return Objects.requireNonNull(to);
  }

  /** Lets go what it holds. */
  void clear() {
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[INITIAL_BYTES];
    }
    link = null;
    to = null;
    node = null;
    next = null;
  }
}
