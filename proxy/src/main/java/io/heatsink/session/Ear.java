package io.heatsink.session;

import io.heatsink.resp.Numbers;
import io.heatsink.upstream.Owner;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber's connection to one node of a cluster, on which it hears shard channels. Confined to
 * its event loop.
 */
final class Ear implements Owner {

  private static final int MAX_FRAME_BYTES = 64 * 1024 * 1024;
  private static final int MESSAGE = "smessage".length();
  private static final int SUBSCRIBED = "ssubscribe".length();

  private final ShardChannels channels;
  private final Pipe pipe;

  /** What was asked of the node and is not answered, in order. */
  private final ArrayDeque<ShardChannels.Wish> asked = new ArrayDeque<>();

  private @Nullable ByteBuf gathered;
  private byte @Nullable [] whyNot;

  /** Channels that are heard here. */
  int heard;

  Ear(ShardChannels channels, Pipe pipe) {
    this.channels = channels;
    this.pipe = pipe;
  }

  Pipe pipe() {
    return pipe;
  }

  /** Sends SSUBSCRIBE or SUNSUBSCRIBE of one channel. */
  void ask(ShardChannels.Wish wish) {
    asked.add(wish);
    ByteBuf command = Unpooled.wrappedBuffer(wish.command());
    pipe.pass(command, 0, command.readableBytes());
    pipe.whenOpen(error -> whyNot = error);
  }

  boolean isIdle() {
    return heard == 0 && asked.isEmpty();
  }

  @Override
  public boolean isListening() {
    return true;
  }

  /** All but what the node says to Heatsink's own commands, which go before the client's. */
  @Override
  public boolean claims(ByteBuf bytes, int index, int length) {
    byte type = bytes.getByte(index);
    return type == '>' || type == '*' || pipe.next() == null;
  }

  @Override
  public void outOfBand(ByteBuf bytes, int index, int length, boolean last) {
    ByteBuf before = gathered;
    if (before == null && last) {
      frame(ByteBufUtil.getBytes(bytes, index, length));
      return;
    }
    if (before == null) {
      gathered = before = Unpooled.buffer(2 * length);
    }
    before.writeBytes(bytes, index, length);
    if (before.readableBytes() > MAX_FRAME_BYTES) {
      channels.breakOff();
    } else if (last) {
      gathered = null;
      frame(ByteBufUtil.getBytes(before));
    }
  }

  /** A message, what a subscription has become, or an error. */
  private void frame(byte[] frame) {
    if (frame[0] == '-') {
      ShardChannels.Wish wish = asked.poll();
      if (wish != null) {
        channels.refused(this, wish, frame);
      }
      return;
    }
    ByteBuf in = Unpooled.wrappedBuffer(frame);
    int word = next(in, 0);
    int kind = length(in, word);
    if (kind == MESSAGE) {
      channels.message(frame);
      return;
    }
    int channel = next(in, word) + kind + 2;
    int from = next(in, channel);
    int length = Math.max(0, length(in, channel));
    String name = new String(frame, from, length, StandardCharsets.ISO_8859_1);
    ShardChannels.Wish first = asked.peek();
    boolean listens = kind == SUBSCRIBED;
    if (first != null && first.listens() == listens && first.channel().equals(name)) {
      asked.remove();
      channels.granted(this, first);
    } else if (!listens) {
      channels.dropped(this, name);
    }
  }

  /** Where the line after this one begins. */
  private static int next(ByteBuf in, int line) {
    return in.indexOf(line, in.writerIndex(), (byte) '\n') + 1;
  }

  private static int length(ByteBuf in, int line) {
    return (int) Numbers.parseLong(in, line + 1, next(in, line) - line - 3);
  }

  @Override
  public void lost(boolean wasReady) {
    byte[] why = whyNot;
    for (ShardChannels.Wish wish = asked.poll(); wish != null; wish = asked.poll()) {
      channels.lost(this, wish, why);
    }
    channels.gone(this);
  }
}
