package io.heatsink;

import io.heatsink.resp.Replies;
import io.heatsink.upstream.Link;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a client from another machine in only while the backend asks everyone for a password: Redis'
 * protected mode. Confined to its event loop.
 */
final class ProtectedDoor extends ChannelInboundHandlerAdapter {

  private static final byte[] DENIED =
      Replies.error(
          "DENIED Heatsink is running in protected mode because the Redis behind asks clients for"
              + " no password. In this mode connections are only accepted from the loopback"
              + " interface. Remedies: 1) give Redis a password or ACL users; 2) give Heatsink"
              + " users of its own with clients.auth: file; 3) connect from the same machine;"
              + " 4) if every client that can reach it may do everything, start Heatsink with"
              + " clients.protected-mode: off.");

  private final Link greeting;
  private final Supplier<ChannelHandler> session;
  private final Queue<Object> early = new ArrayDeque<>();

  /** {@code greeting} tells whether strangers are let in; {@code session} is who gets in. */
  ProtectedDoor(Link greeting, Supplier<ChannelHandler> session) {
    this.greeting = greeting;
    this.session = session;
  }

  /** Whether this client may come from another machine. */
  static boolean isElsewhere(Channel client) {
    return client.remoteAddress() instanceof InetSocketAddress from
        && from.getAddress() != null
        && !from.getAddress().isLoopbackAddress();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.channel().config().setAutoRead(false);
    greeting.whenOpen(error -> decide(context, error));
  }

  private void decide(ChannelHandlerContext context, byte @Nullable [] error) {
    if (!context.channel().isActive()) {
      return;
    }
    if (error != null || !greeting.isStranger()) {
      context
          .writeAndFlush(Unpooled.wrappedBuffer(error == null ? DENIED : error))
          .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    context.pipeline().addAfter(context.name(), null, session.get());
    context.fireChannelActive();
    for (Object message = early.poll(); message != null; message = early.poll()) {
      context.fireChannelRead(message);
    }
    context.channel().config().setAutoRead(true);
    context.pipeline().remove(this);
  }

  /** What came with the end of a TLS handshake. */
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    early.add(message);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    early.forEach(ReferenceCountUtil::release);
    early.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
