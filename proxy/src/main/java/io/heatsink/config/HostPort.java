package io.heatsink.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * A host and a port as text names them; names are looked up only by {@link #resolve()}. Immutable.
 *
 * @param host a name, an IPv4 or an unbracketed IPv6 address, {@code *} for every interface, or the
 *     path of a Unix socket
 * @param port 0 to 65535; 0 lets the system choose, or goes with a path
 */
public record HostPort(String host, int port) {

  /** What {@code off} means where an address may be switched off. */
  static final HostPort OFF = new HostPort("", 0);

  /** Reads {@code host:port}, {@code [ipv6]:port} or {@code *:port}. */
  static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0 || text.endsWith("]")) {
      throw new IllegalArgumentException("the port is missing");
    }
    return new HostPort(parseHost(text.substring(0, colon)), parsePort(text.substring(colon + 1)));
  }

  /** As {@link #parse}, with a port to fall back on. */
  static HostPort parse(String text, int defaultPort) {
    boolean portless = text.endsWith("]") || text.indexOf(':') < 0;
    return portless ? new HostPort(parseHost(text), defaultPort) : parse(text);
  }

  boolean isOff() {
    return host.isEmpty();
  }

  /** Whether it is the path of a Unix socket. */
  public boolean isSocket() {
    return host.startsWith("/");
  }

  boolean isEveryInterface() {
    return host.equals("*");
  }

  /** Looks the name up. */
  InetSocketAddress resolve() throws UnknownHostException {
    return isEveryInterface()
        ? new InetSocketAddress(port)
        : new InetSocketAddress(InetAddress.getByName(host), port);
  }

  private static String parseHost(String text) {
    if (text.startsWith("[") && text.endsWith("]")) {
      String address = text.substring(1, text.length() - 1);
      if (!address.matches("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\\w.-]+)?")) {
        throw new IllegalArgumentException("not an IPv6 address between the brackets");
      }
      return address;
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("the host is missing");
    }
    if (text.indexOf(':') >= 0) {
      throw new IllegalArgumentException("an IPv6 address needs brackets, as in [::1]:6380");
    }
    if (!text.matches("[\\p{L}\\p{N}._-]+|\\*")) {
      throw new IllegalArgumentException("not a host name or address");
    }
    return text;
  }

  private static int parsePort(String text) {
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65535) {
      throw new IllegalArgumentException("the port is not a number from 0 to 65535");
    }
    return Integer.parseInt(text);
  }

  // Spelled out: what a record comes with is generated at first use, before a client is served.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HostPort that && host.equals(that.host) && port == that.port;
  }

  @Override
  public int hashCode() {
    return 31 * host.hashCode() + port;
  }

  @Override
  public String toString() {
    if (isOff() || isSocket()) {
      return isOff() ? "off" : host;
    }
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
