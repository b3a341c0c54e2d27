package io.heatsink.upstream;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * How sockets are driven: native epoll where the system has it, NIO otherwise. Immutable.
 *
 * @param name for the log
 */
public record Transport(
    String name,
    IoHandlerFactory handlers,
    Class<? extends SocketChannel> client,
    Class<? extends ServerSocketChannel> server) {

  /** The best that this machine has; {@code -Dio.heatsink.transport=nio} asks for NIO. */
  public static Transport best() {
    boolean wantsNio = "nio".equals(System.getProperty("io.heatsink.transport"));
    return Epoll.isAvailable() && !wantsNio
        ? new Transport(
            "epoll",
            EpollIoHandler.newFactory(),
            EpollSocketChannel.class,
            EpollServerSocketChannel.class)
        : new Transport(
            "nio", NioIoHandler.newFactory(), NioSocketChannel.class, NioServerSocketChannel.class);
  }
}
