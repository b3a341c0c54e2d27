package io.heatsink;

import io.heatsink.config.Access;
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
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Accepts clients, up to the limit, and gives each a session on its lane. Thread-safe. */
final class Listener {

  private static final byte[] FULL = Replies.ascii("-ERR max number of clients reached\r\n");
  private static final int BACKLOG = 1024;
  private static final int OUTPUT_LOW_BYTES = 256 * 1024;
  private static final int OUTPUT_HIGH_BYTES = 1024 * 1024;

  private final Map<EventLoop, Lane> lanes = new HashMap<>();
  private final Transport transport;
  private final EventLoopGroup loops;
  private final @Nullable Supplier<SslContext> tls;
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final AtomicLong ids = new AtomicLong();
  private final Map<String, Channel> doors = new LinkedHashMap<>();
  private final Supplier<HeatsinkConfig> live;
  private volatile boolean isDraining;

  /**
   * {@code live} is asked for the limits of who comes next; {@code tls} is what a client that
   * connects by TLS is met with.
   */
  Listener(
      Supplier<HeatsinkConfig> live,
      Transport transport,
      EventLoopGroup loops,
      List<Lane> lanes,
      @Nullable Supplier<SslContext> tls) {
    this.live = live;
    this.transport = transport;
    this.loops = loops;
    this.tls = tls;
    lanes.forEach(lane -> this.lanes.put(lane.loop(), lane));
  }

  /** Opens every door. */
  void bind() {
    HeatsinkConfig config = live.get();
    Access access = config.access();
    if (config.listen() != null) {
      bind("listen", config.listen(), new Door(null, access.isGuarded()));
    }
    if (access.tls() != null) {
      boolean byCertificate = access.tls().clients() == Access.ClientCertificates.REQUIRED;
      Door door = new Door(tls, access.isGuarded() && !byCertificate);
      bind("tls.listen", access.tls().address(), door);
    }
    if (access.unix() != null) {
      bind(access.unix());
    }
  }

  private void bind(String setting, InetSocketAddress address, Door door) {
    ChannelFuture bind =
        bootstrap(door)
            .channel(transport.server())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .bind(address)
            .awaitUninterruptibly();
    Throwable cause = bind.cause();
    if (cause != null) {
      throw new ListenException(setting, address, cause);
    }
    doors.put(setting, bind.channel());
  }

  private void bind(Access.Unix unix) {
    Path path = unix.path();
    try {
      SocketFile.clear(path);
      ChannelFuture bind =
          bootstrap(new Door(null, false))
              .channel(transport.unixServer())
              .bind(transport.unixAddress().apply(path.toString()))
              .awaitUninterruptibly();
      Throwable cause = bind.cause();
      if (cause != null) {
        throw new ListenException(path, cause);
      }
      doors.put("listen-unix", bind.channel());
      Files.setPosixFilePermissions(path, unix.permissions());
    } catch (IOException e) {
      throw new ListenException(path, e);
    }
  }

  private ServerBootstrap bootstrap(Door door) {
    return new ServerBootstrap()
        .group(loops)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark(live.get().clients().maxOutputBytes()))
        .childHandler(door);
  }

  /** From where on a client is waited for, and until when: long before it is closed. */
  private static WriteBufferWaterMark waterMark(int maxOutputBytes) {
    int high = Math.min(OUTPUT_HIGH_BYTES, maxOutputBytes / 2);
    return new WriteBufferWaterMark(Math.min(OUTPUT_LOW_BYTES, high / 2), high);
  }

  /** One address where clients come in. */
  private final class Door extends ChannelInitializer<Channel> {

    private final @Nullable Supplier<SslContext> encryption;
    private final boolean isGuarded;

    Door(@Nullable Supplier<SslContext> encryption, boolean isGuarded) {
      this.encryption = encryption;
      this.isGuarded = isGuarded;
    }

    @Override
    protected void initChannel(Channel client) {
      if (isDraining) {
        client.close();
        return;
      }
      Lane lane = Objects.requireNonNull(lanes.get(client.eventLoop()));
      HeatsinkConfig.Clients limits = live.get().clients();
      if (clients.size() >= limits.max()) {
        lane.refused();
        refuse(client);
        return;
      }
      clients.add(client);
      if (encryption != null) {
        client.pipeline().addLast(encryption.get().newHandler(client.alloc()));
      }
      long idleMillis = limits.idleTimeout().toMillis();
      if (idleMillis > 0) {
        client.pipeline().addLast(new IdleStateHandler(idleMillis, 0, 0, TimeUnit.MILLISECONDS));
      }
      long id = ids.incrementAndGet();
      client
          .pipeline()
          .addLast(
              isGuarded && ProtectedDoor.isElsewhere(client)
                  ? new ProtectedDoor(lane.greeting(), () -> lane.newSession(id))
                  : lane.newSession(id));
    }

    /** By TLS nothing can be said before a handshake, which would cost more than a client. */
    private void refuse(Channel client) {
      if (encryption != null) {
        client.close();
      } else {
        client.writeAndFlush(Unpooled.wrappedBuffer(FULL)).addListener(ChannelFutureListener.CLOSE);
      }
    }
  }

  /** The plain door's address; null if there is none. */
  @Nullable InetSocketAddress address() {
    return address("listen");
  }

  /** The address of the door for TLS; null if there is none. */
  @Nullable InetSocketAddress tlsAddress() {
    return address("tls.listen");
  }

  private @Nullable InetSocketAddress address(String setting) {
    Channel door = doors.get(setting);
    return door == null ? null : (InetSocketAddress) door.localAddress();
  }

  /** Each door's address by its setting. */
  Map<String, String> doors() {
    Map<String, String> texts = new LinkedHashMap<>();
    doors.forEach(
        (setting, door) ->
            texts.put(
                setting,
                door.localAddress() instanceof InetSocketAddress address
                    ? NetUtil.toSocketAddressString(address)
                    : String.valueOf(door.localAddress())));
    return texts;
  }

  /** Waits until the first door is closed. */
  void awaitClosed() {
    for (Channel door : doors.values()) {
      door.closeFuture().awaitUninterruptibly();
    }
  }

  /** Accepts nobody more. */
  void stopAccepting() {
    isDraining = true;
    doors.values().forEach(door -> door.close().awaitUninterruptibly());
  }

  /** Whether all clients have left within this time. */
  boolean awaitEmpty(Duration limit) {
    return clients.newCloseFuture().awaitUninterruptibly(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  int clients() {
    return clients.size();
  }

  /** Stops to accept, and closes every client; the file of a Unix socket goes with it. */
  void close() {
    doors.values().forEach(door -> door.close().awaitUninterruptibly());
    clients.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
