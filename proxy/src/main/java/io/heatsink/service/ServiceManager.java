package io.heatsink.service;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd, where that started this process, that it serves, reloads, stops, and is alive
 * (sd_notify(3)). Thread-safe.
 */
public final class ServiceManager implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
  private static final String SOCKET = "NOTIFY_SOCKET";
  private static final String WATCHDOG_MICROS = "WATCHDOG_USEC";
  private static final String WATCHDOG_PID = "WATCHDOG_PID";
  private static final ServiceManager NONE = new ServiceManager(null);

  private final @Nullable Channel channel;

  private ServiceManager(@Nullable Channel channel) {
    this.channel = channel;
  }

  /**
   * The one that this process was started by.
   *
   * @param loop a lane's: that the watchdog hears of this process shows that the lane goes round
   */
  public static ServiceManager of(Map<String, String> environment, EventLoop loop) {
    String path = environment.get(SOCKET);
    if (path == null || path.isEmpty()) {
      return NONE;
    }
    if (!(loop instanceof IoEventLoop io) || !io.isCompatible(EpollIoHandle.class)) {
      LOG.warn("the service manager cannot be told: no native epoll here; use Type=exec");
      return NONE;
    }
    // An address that begins so is none of the file system's.
    String name = path.startsWith("@") ? '\0' + path.substring(1) : path;
    ChannelFuture open =
        new Bootstrap()
            .group(loop)
            .channel(EpollDomainDatagramChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(new DomainSocketAddress(name))
            .awaitUninterruptibly();
    if (!open.isSuccess()) {
      LOG.warn("the service manager cannot be told", open.cause());
      return NONE;
    }
    ServiceManager manager = new ServiceManager(open.channel());
    manager.watch(environment);
    return manager;
  }

  /** Has the watchdog hear of this process twice as often as it has to. */
  private void watch(Map<String, String> environment) {
    String micros = environment.getOrDefault(WATCHDOG_MICROS, "");
    String pid = environment.getOrDefault(WATCHDOG_PID, "");
    boolean isMeant = pid.isEmpty() || pid.equals(Long.toString(ProcessHandle.current().pid()));
    Channel to = channel;
    if (to != null && isMeant && micros.matches("\\d{4,18}")) {
      long everyMicros = Long.parseLong(micros) / 2;
      var unused =
          to.eventLoop()
              .scheduleAtFixedRate(() -> tell("WATCHDOG=1"), 0, everyMicros, TimeUnit.MICROSECONDS);
    }
  }

  /** Clients are served. */
  public void ready(String status) {
    tell("READY=1\nSTATUS=" + status);
  }

  /** The configuration is read anew; {@link #ready} says that this is over. */
  public void reloading() {
    tell("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
  }

  /** No client is accepted any more. */
  public void stopping(String status) {
    tell("STOPPING=1\nSTATUS=" + status);
  }

  private void tell(String state) {
    Channel to = channel;
    if (to != null) {
      var bytes = Unpooled.copiedBuffer(state, StandardCharsets.UTF_8);
      to.writeAndFlush(bytes)
          .addListener(
              sent -> {
                if (!sent.isSuccess()) {
                  LOG.warn("the service manager cannot be told", sent.cause());
                }
              });
    }
  }

  @Override
  public void close() {
    Channel open = channel;
    if (open != null) {
      open.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
  }
}
