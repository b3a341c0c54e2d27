package io.heatsink.session;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Sees a client off when Heatsink stops: between two requests, when all replies are on their way.
 * Confined to its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // whatever fails ends with the connection
final class Departure extends ChannelInboundHandlerAdapter {

  /*
   * A socket that is closed while something in it is unread is reset, and then its client may lose
   * replies that were sent before. So the end of the replies is sent first, and what still comes is
   * thrown away, unrun, until the client has closed its side. TLS has an ending of its own.
   */

  private static final long LINGER_MILLIS = 1_000;

  private final Session session;
  private boolean wanted;
  private boolean begun;

  Departure(Session session) {
    this.session = session;
  }

  /** The client is to leave as soon as it can. */
  void want() {
    wanted = true;
    attempt();
  }

  /** Has it leave if that is wanted, and it is owed nothing; called whenever that may be so. */
  void attempt() {
    if (wanted && !begun && session.isAtRest()) {
      begun = true;
      begin(session.channel());
    }
  }

  private void begin(Channel channel) {
    ChannelHandlerContext own = channel.pipeline().context(session);
    if (own == null) {
      return;
    }
    channel.pipeline().addBefore(own.name(), null, this);
    session.queue().flush();
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              if (channel instanceof DuplexChannel duplex
                  && channel.pipeline().get(SslHandler.class) == null) {
                duplex.shutdownOutput();
                channel
                    .eventLoop()
                    .schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
              } else {
                channel.close();
              }
            });
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      context.close();
    } else {
      context.fireUserEventTriggered(event);
    }
  }
}
