package io.heatsink;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The file of a Unix socket, before somebody listens there. */
final class SocketFile {

  private SocketFile() {}

  /**
   * Removes what a process left behind that is no more.
   *
   * @throws IOException if somebody listens there, or the file is no socket
   */
  static void clear(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    BasicFileAttributes found =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isOther()) {
      throw new IOException("no socket");
    }
    if (!isAnswered(path)) {
      Files.deleteIfExists(path);
      return;
    }
    throw new IOException("a process answers there");
  }

  private static boolean isAnswered(Path path) throws IOException {
    try (SocketChannel other = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return other.isConnected();
    } catch (ConnectException e) {
      return false;
    }
  }
}
