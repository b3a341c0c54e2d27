package io.heatsink.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A backend without a socket: one connection, over an embedded channel, that answers every command
 * with the same reply. For one thread.
 */
final class EchoBackend {

  private static final byte[] OK = {'+', 'O', 'K', '\r', '\n'};
  private static final int MOST = 64;

  private final EmbeddedChannel client;
  private @Nullable EmbeddedChannel connection;
  private ByteBuf replies = HotLane.direct(HotLane.repeat(OK, MOST));
  private int replyBytes = OK.length;
  private long commands;

  /** For a lane on the event loop of {@code client}; greets with +OK. */
  EchoBackend(EmbeddedChannel client) {
    this.client = client;
  }

  /** What connects to this backend, once. */
  Bootstrap bootstrap() {
    return new Bootstrap()
        .group(client.eventLoop())
        .channelFactory(this::connect)
        .disableResolver()
        .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
  }

  private EmbeddedChannel connect() {
    EmbeddedChannel made = new EmbeddedChannel(DefaultChannelId.newInstance(), false, false);
    connection = made;
    return made;
  }

  /** Answers with this from here on. */
  void reply(byte[] reply) {
    replies.release();
    replies = HotLane.direct(HotLane.repeat(reply, MOST));
    replyBytes = reply.length;
  }

  /** Commands answered so far. */
  long commands() {
    return commands;
  }

  /** Sends requests as the client, and answers until nothing more comes. Answers reply bytes. */
  int pass(ByteBuf requests) {
    client.pipeline().fireChannelRead(requests.readerIndex(0).retain());
    client.pipeline().fireChannelReadComplete();
    return settle();
  }

  private int settle() {
    int bytes = 0;
    client.runPendingTasks();
    while (answer()) {
      client.runPendingTasks();
    }
    for (ByteBuf out = client.readOutbound(); out != null; out = client.readOutbound()) {
      bytes += out.readableBytes();
      out.release();
    }
    return bytes;
  }

  /** Answers what has been sent; false if nothing has. */
  private boolean answer() {
    EmbeddedChannel to = connection;
    int count = 0;
    while (to != null) {
      ByteBuf sent = to.readOutbound();
      if (sent == null) {
        break;
      }
      count += requests(sent);
      sent.release();
    }
    if (to == null || count == 0) {
      return false;
    }
    commands += count;
    to.pipeline().fireChannelRead(replies.retainedSlice(0, count * replyBytes));
    to.pipeline().fireChannelReadComplete();
    return true;
  }

  /** No word of the commands sent here holds an asterisk. */
  private static int requests(ByteBuf sent) {
    int count = 0;
    int from = sent.readerIndex();
    while (true) {
      int at = sent.indexOf(from, sent.writerIndex(), (byte) '*');
      if (at < 0) {
        return count;
      }
      count++;
      from = at + 1;
    }
  }
}
