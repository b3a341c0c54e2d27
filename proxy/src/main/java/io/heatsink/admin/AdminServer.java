package io.heatsink.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code /metrics}, {@code /hotkeys}, {@code /health}, {@code /ready} and the pages of a
 * site over HTTP/1.1.
 *
 * <p>One event loop of its own, so that a slow page never delays a lane. Each connection has one
 * answer at a time in the works; connections, pipelines, requests and silence are bounded.
 * Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing: nothing waits for it
public final class AdminServer implements AutoCloseable {

  static final int MAX_CONNECTIONS = 64;
  static final int MAX_PIPELINE = 64;
  static final int MAX_LINE_BYTES = 4096;
  static final int MAX_HEADER_BYTES = 8192;
  static final int MAX_BODY_BYTES = 64 * 1024;

  private static final Duration IDLE = Duration.ofSeconds(30);

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("heatsink-admin", true), NioIoHandler.newFactory());
  private final AtomicInteger connections = new AtomicInteger();
  private final AdminPages pages;
  private final AdminToken token;
  private final AdminHosts hosts;
  private final Duration idle;
  private final Channel channel;

  private AdminServer(
      InetSocketAddress listen, AdminPages pages, AdminToken token, AdminHosts hosts, Duration idle)
      throws IOException {
    this.pages = pages;
    this.token = token;
    this.hosts = hosts;
    this.idle = idle;
    ChannelFuture bind =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, MAX_CONNECTIONS)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel client) {
                    accept(client);
                  }
                })
            .bind(listen)
            .awaitUninterruptibly();
    channel = bind.channel();
    Throwable cause = bind.cause();
    if (cause != null) {
      close();
      throw new IOException(cause.getMessage(), cause);
    }
  }

  /**
   * Listens and answers until closed.
   *
   * @param listen port 0 lets the system choose
   * @param token what who asks has to show; of null for nothing
   * @param hosts names to be asked by, in lower case, besides addresses and localhost
   * @throws IOException if the address cannot be listened on
   */
  public static AdminServer start(
      InetSocketAddress listen,
      AdminPages pages,
      Supplier<@Nullable String> token,
      Set<String> hosts)
      throws IOException {
    return new AdminServer(listen, pages, new AdminToken(token), new AdminHosts(hosts), IDLE);
  }

  static AdminServer start(InetSocketAddress listen, AdminPages pages, Duration idle)
      throws IOException {
    return new AdminServer(
        listen, pages, new AdminToken(() -> null), new AdminHosts(Set.of()), idle);
  }

  /** Where it listens, with the port that the system chose. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  private void accept(SocketChannel client) {
    if (connections.incrementAndGet() > MAX_CONNECTIONS) {
      connections.decrementAndGet();
      client.close();
      return;
    }
    client.closeFuture().addListener(closed -> connections.decrementAndGet());
    client
        .pipeline()
        .addLast(new IdleStateHandler(0, 0, idle.toMillis(), TimeUnit.MILLISECONDS))
        .addLast(new HttpServerCodec(MAX_LINE_BYTES, MAX_HEADER_BYTES, MAX_BODY_BYTES))
        .addLast(new HttpServerKeepAliveHandler())
        .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
        .addLast(new AdminHandler(pages, token, hosts));
  }

  /** Runs a task on the thread of the pages every second or so, from now on. */
  public void everySecond(Runnable task) {
    loop.scheduleWithFixedDelay(task, 1, 1, TimeUnit.SECONDS);
  }

  /** Stops at once: answers under way are cut off. Waits for the event loop, at most a second. */
  @Override
  public void close() {
    channel.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
