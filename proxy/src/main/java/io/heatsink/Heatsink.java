package io.heatsink;

import io.heatsink.admin.AdminPages;
import io.heatsink.admin.AdminServer;
import io.heatsink.admin.Readiness;
import io.heatsink.config.HeatsinkConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stand-in that relays bytes, until the data path takes its place. */
@SuppressWarnings("FutureReturnValueIgnored")
public final class Heatsink implements AutoCloseable {

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel channel;
  private final @Nullable AdminServer admin;

  private Heatsink(HeatsinkConfig config) {
    HeatsinkConfig.Backend backend = config.backend();
    ChannelFuture bind =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(new Relay(backend.host(), backend.port()))
            .bind(config.listen())
            .awaitUninterruptibly();
    channel = bind.channel();
    Throwable cause = bind.cause();
    if (cause != null) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new ListenException("listen", config.listen(), cause);
    }
    admin = config.admin() == null ? null : openAdmin(config.admin());
  }

  private AdminServer openAdmin(InetSocketAddress address) {
    try {
      return AdminServer.start(
          address, new AdminPages(() -> "", List::of, () -> new Readiness(true, "relaying")));
    } catch (IOException e) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new ListenException("admin", address, e);
    }
  }

  /**
   * Binds and serves.
   *
   * @throws ListenException if an address cannot be listened on
   */
  public static Heatsink start(HeatsinkConfig config) {
    return new Heatsink(config);
  }

  /** Where clients connect, with the port that the system chose. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** Where the admin server answers; null if it is off. */
  public @Nullable InetSocketAddress adminAddress() {
    return admin == null ? null : admin.address();
  }

  /** Waits until it is closed. */
  public void awaitClosed() {
    channel.closeFuture().awaitUninterruptibly();
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
    }
    channel.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  @io.netty.channel.ChannelHandler.Sharable
  private static final class Relay extends ChannelInboundHandlerAdapter {
    private final String host;
    private final int port;

    Relay(String host, int port) {
      this.host = host;
      this.port = port;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      Channel client = ctx.channel();
      new Bootstrap()
          .group(client.eventLoop())
          .channel(NioSocketChannel.class)
          .handler(new Pump(client))
          .connect(host, port)
          .addListener(
              (ChannelFuture connected) -> {
                if (connected.isSuccess()) {
                  client.pipeline().addLast(new Pump(connected.channel()));
                  client.config().setAutoRead(true);
                } else {
                  client.close();
                }
              });
    }
  }

  private static final class Pump extends ChannelInboundHandlerAdapter {
    private final Channel other;

    Pump(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      other.write(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      other.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      other.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
