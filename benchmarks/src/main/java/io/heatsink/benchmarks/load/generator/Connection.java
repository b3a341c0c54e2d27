package io.heatsink.benchmarks.load.generator;

import io.heatsink.benchmarks.load.traffic.Workload;
import io.heatsink.resp.ReplyFramer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One client: a batch of commands under way, or none. Confined to its event loop. */
final class Connection extends ChannelInboundHandlerAdapter {

  /** Told of a connection's fate. */
  interface Listener {
    void connected(Connection connection);

    /** Every command of its batch is answered. */
    void free(Connection connection, long nowNanos);

    void failed(Throwable cause);
  }

  private static final int INITIAL_BYTES = 256;

  private final Listener listener;
  private final Tally tally;
  private final ReplyFramer framer = new ReplyFramer();
  // Written again for each batch: when the last reply is here the bytes have long been sent.
  private final ByteBuf out = Unpooled.directBuffer(INITIAL_BYTES);
  private @Nullable Channel channel;
  private boolean isInReply;
  private boolean isClosing;
  private int waiting;
  private long sinceNanos;

  Connection(Listener listener, Tally tally) {
    this.listener = listener;
    this.tally = tally;
  }

  /**
   * Sends a batch.
   *
   * @param fromNanos when latencies begin: now, or when it was meant to be sent
   */
  void send(Workload workload, int commands, long fromNanos, Span span) {
    sinceNanos = fromNanos;
    waiting = commands;
    out.clear();
    workload.append(out, commands, span.elapsed(fromNanos), span.lengthNanos());
    Channel to = Objects.requireNonNull(channel);
    to.writeAndFlush(out.retain(), to.voidPromise());
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    listener.connected(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    long now = System.nanoTime();
    ByteBuf in = (ByteBuf) message;
    int replies = count(in);
    in.release();
    if (replies < 0 || replies > waiting) {
      listener.failed(new IOException("replies that are none, or too many"));
      return;
    }
    if (replies > 0) {
      waiting -= replies;
      tally.answered(replies, now - sinceNanos);
      if (waiting == 0) {
        listener.free(this, now);
      }
    }
  }

  /** Replies that end in these bytes; negative where they are none. */
  private int count(ByteBuf in) {
    int at = in.readerIndex();
    int to = in.writerIndex();
    int replies = 0;
    while (at < to) {
      if (!isInReply) {
        tally.look(in, at, to);
      }
      int end = framer.end(in, at, to);
      if (end == ReplyFramer.MALFORMED) {
        return -1;
      }
      isInReply = end == ReplyFramer.INCOMPLETE;
      if (isInReply) {
        break;
      }
      at = end;
      replies++;
    }
    return replies;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    out.release();
    if (!isClosing) {
      listener.failed(new IOException("the subject has closed a connection"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    listener.failed(cause);
  }

  void close() {
    isClosing = true;
    if (channel != null) {
      channel.close();
    }
  }
}
