package io.heatsink.admin;

import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * By which names a browser may ask. A page of another site can have its own name resolved to this
 * machine, and would then be of one origin with what is here (DNS rebinding); an address it cannot.
 * Immutable.
 */
final class AdminHosts {

  /** What those ask who are no browsers, by whatever name; no key is in it unless asked for. */
  private static final Set<String> FOR_ALL = Set.of("/metrics", "/health", "/ready");

  private final Set<String> names;

  /** {@code names} in lower case. */
  AdminHosts(Set<String> names) {
    this.names = Set.copyOf(names);
  }

  /** Whether this page may be asked for by this {@code Host}, which only a browser has to send. */
  boolean admits(String path, @Nullable String host) {
    if (host == null || FOR_ALL.contains(path)) {
      return true;
    }
    String name = withoutPort(host.strip()).toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || names.contains(name)
        || NetUtil.isValidIpV4Address(name)
        || NetUtil.isValidIpV6Address(name);
  }

  private static String withoutPort(String host) {
    int end = host.lastIndexOf(']');
    if (host.startsWith("[") && end > 0) {
      return host.substring(1, end);
    }
    int colon = host.lastIndexOf(':');
    return colon < 0 ? host : host.substring(0, colon);
  }
}
