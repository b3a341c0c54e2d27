package io.heatsink.upstream;

import io.heatsink.topology.Node;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Makes connections to one server of the backend. Confined to its event loop. */
public final class ServerDialer implements Dialer {

  private static final int LOW_BYTES = 512 * 1024;
  private static final int HIGH_BYTES = 2 * 1024 * 1024;

  private final Bootstrap bootstrap;
  private final Node node;
  private final Duration timeout;
  private final @Nullable Supplier<SslContext> tls;

  /**
   * Prepares to connect on this loop.
   *
   * @param timeout for the connection, and once more for its TLS handshake
   * @param tls what the next connection is encrypted with; null for none
   */
  public ServerDialer(
      EventLoop loop,
      Transport transport,
      Node node,
      Duration timeout,
      @Nullable Supplier<SslContext> tls) {
    this.node = node;
    this.timeout = timeout;
    this.tls = tls;
    bootstrap =
        new Bootstrap()
            .group(loop)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(LOW_BYTES, HIGH_BYTES));
    if (node.port() == 0) {
      bootstrap
          .channel(transport.unixClient())
          .remoteAddress(transport.unixAddress().apply(node.host()));
    } else {
      bootstrap
          .channel(transport.client())
          .option(ChannelOption.TCP_NODELAY, true)
          .option(ChannelOption.SO_KEEPALIVE, true)
          .remoteAddress(InetSocketAddress.createUnresolved(node.host(), node.port()));
    }
  }

  @Override
  public ChannelFuture dial(ChannelHandler pipe) {
    return bootstrap.clone().handler(tls == null ? pipe : encrypted(tls.get(), pipe)).connect();
  }

  private ChannelInitializer<Channel> encrypted(SslContext context, ChannelHandler pipe) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        SslHandler handler = context.newHandler(channel.alloc(), node.host(), node.port());
        handler.setHandshakeTimeoutMillis(timeout.toMillis());
        nameServer(handler.engine());
        channel.pipeline().addLast(handler, pipe);
      }
    };
  }

  /** Java itself does not tell a name without a dot, as there are in clusters of containers. */
  private void nameServer(SSLEngine engine) {
    if (!NetUtil.isValidIpV4Address(node.host()) && !NetUtil.isValidIpV6Address(node.host())) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(node.host())));
      engine.setSSLParameters(parameters);
    }
  }
}
