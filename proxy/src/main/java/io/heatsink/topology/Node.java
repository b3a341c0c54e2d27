package io.heatsink.topology;

/**
 * One server of the backend. Immutable; two with the same address are the same.
 *
 * @param host name or address, as it was told; the path of a Unix socket where {@code port} is 0
 * @param port 1 to 65535, or 0
 */
public record Node(String host, int port) {

  /** As error replies, logs and pages name it. */
  @Override
  public String toString() {
    return port == 0 ? host : (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
