package io.heatsink.upstream;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.function.Function;

/**
 * How sockets are driven: native epoll where the system has it, NIO otherwise. Immutable.
 *
 * @param name for the log
 * @param client connects by TCP, {@code unixClient} by the path of a Unix socket
 * @param unixAddress such a path as these channels take it
 */
public record Transport(
    String name,
    IoHandlerFactory handlers,
    Class<? extends Channel> client,
    Class<? extends ServerChannel> server,
    Class<? extends Channel> unixClient,
    Class<? extends ServerChannel> unixServer,
    Function<String, SocketAddress> unixAddress) {

  /** The best that this machine has; {@code -Dio.heatsink.transport=nio} asks for NIO. */
  public static Transport best() {
    boolean wantsNio = "nio".equals(System.getProperty("io.heatsink.transport"));
    return Epoll.isAvailable() && !wantsNio
        ? new Transport(
            "epoll",
            EpollIoHandler.newFactory(),
            EpollSocketChannel.class,
            EpollServerSocketChannel.class,
            EpollDomainSocketChannel.class,
            EpollServerDomainSocketChannel.class,
            DomainSocketAddress::new)
        : new Transport(
            "nio",
            NioIoHandler.newFactory(),
            NioSocketChannel.class,
            NioServerSocketChannel.class,
            NioDomainSocketChannel.class,
            NioServerDomainSocketChannel.class,
            UnixDomainSocketAddress::of);
  }
}
