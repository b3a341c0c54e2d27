package io.heatsink.benchmarks.load.subject;

import org.jspecify.annotations.Nullable;

/**
 * Something that serves Redis' protocol, to be measured. Immutable.
 *
 * @param name in the table
 * @param proxyPid its process; null for the backend itself, and where it is not known
 */
public record Subject(String name, String host, int port, @Nullable Long proxyPid) {

  /** The backend without anything before it: what the others are compared with. */
  public static final String DIRECT = "direct";

  /** A server of ours that answers without a backend: what a JVM can do at best. */
  public static final String NULL = "null";

  public static final String HEATSINK = "heatsink";
  public static final String HEATSINK_OFF = "heatsink-off";
  public static final String NUTCRACKER = "nutcracker";

  private static final String LOOPBACK = "127.0.0.1";

  /** One on this machine. */
  public static Subject local(String name, int port, @Nullable Long proxyPid) {
    return new Subject(name, LOOPBACK, port, proxyPid);
  }

  /**
   * Reads {@code name=host:port} or {@code name=host:port:pid}.
   *
   * @throws IllegalArgumentException where the text is neither
   */
  public static Subject parse(String text) {
    if (!text.matches("[A-Za-z][\\w.-]*=[^:,]+:\\d{1,5}(:\\d{1,9})?")) {
      throw new IllegalArgumentException(text + " is not name=host:port or name=host:port:pid");
    }
    int at = text.indexOf('=');
    String[] address = text.substring(at + 1).split(":", -1);
    Long pid = address.length > 2 ? Long.valueOf(address[2]) : null;
    return new Subject(text.substring(0, at), address[0], Integer.parseInt(address[1]), pid);
  }

  public boolean isDirect() {
    return name.equals(DIRECT);
  }

  /** Whether what it answers comes from the backend. */
  public boolean hasBackend() {
    return !name.equals(NULL);
  }
}
