package io.heatsink;

import io.heatsink.config.HeatsinkConfig;
import io.heatsink.resp.Replies;
import io.heatsink.upstream.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Accepts clients, up to the limit, and gives each a session on its lane. Thread-safe. */
final class Listener extends ChannelInitializer<SocketChannel> {

  private static final byte[] FULL = Replies.ascii("-ERR max number of clients reached\r\n");
  private static final int BACKLOG = 1024;
  private static final int OUTPUT_LOW_BYTES = 256 * 1024;
  private static final int OUTPUT_HIGH_BYTES = 1024 * 1024;

  private final Map<EventLoop, Lane> lanes = new HashMap<>();
  private final ServerBootstrap bootstrap;
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Supplier<HeatsinkConfig> live;
  private final AtomicLong ids = new AtomicLong();
  private @Nullable Channel channel;
  private volatile boolean isDraining;

  /** {@code live} is asked for the limits that clients have who come next. */
  Listener(
      Supplier<HeatsinkConfig> live, Transport transport, EventLoopGroup loops, List<Lane> lanes) {
    lanes.forEach(lane -> this.lanes.put(lane.loop(), lane));
    this.live = live;
    bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(transport.server())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                waterMark(live.get().clients().maxOutputBytes()))
            .childHandler(this);
  }

  /** From where on a client is waited for, and until when: long before it is closed. */
  private static WriteBufferWaterMark waterMark(int maxOutputBytes) {
    int high = Math.min(OUTPUT_HIGH_BYTES, maxOutputBytes / 2);
    return new WriteBufferWaterMark(Math.min(OUTPUT_LOW_BYTES, high / 2), high);
  }

  void bind(InetSocketAddress address) {
    ChannelFuture bind = bootstrap.bind(address).awaitUninterruptibly();
    Throwable cause = bind.cause();
    if (cause != null) {
      throw new ListenException("listen", address, cause);
    }
    channel = bind.channel();
  }

  @Override
  protected void initChannel(SocketChannel client) {
    if (isDraining) {
      client.close();
      return;
    }
    Lane lane = Objects.requireNonNull(lanes.get(client.eventLoop()));
    HeatsinkConfig.Clients limits = live.get().clients();
    if (clients.size() >= limits.max()) {
      lane.refused();
      client.writeAndFlush(Unpooled.wrappedBuffer(FULL)).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    clients.add(client);
    long idleMillis = limits.idleTimeout().toMillis();
    if (idleMillis > 0) {
      client.pipeline().addLast(new IdleStateHandler(idleMillis, 0, 0, TimeUnit.MILLISECONDS));
    }
    client.pipeline().addLast(lane.newSession(ids.incrementAndGet()));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) Objects.requireNonNull(channel).localAddress();
  }

  @Nullable Channel channel() {
    return channel;
  }

  /** Accepts nobody more. */
  void stopAccepting() {
    isDraining = true;
    if (channel != null) {
      channel.close().awaitUninterruptibly();
    }
  }

  /** Whether all clients have left within this time. */
  boolean awaitEmpty(Duration limit) {
    return clients.newCloseFuture().awaitUninterruptibly(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  int clients() {
    return clients.size();
  }

  /** Stops to accept, and closes every client. */
  void close() {
    if (channel != null) {
      channel.close().awaitUninterruptibly();
    }
    clients.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
