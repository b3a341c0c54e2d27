package io.heatsink.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The backend's URL, {@code redis://[user:password@]host[:port][/database]}.
 *
 * <p>User and password are percent-encoded where they hold a reserved character. A user without a
 * colon is refused, because tools disagree on whether that is a name or a password.
 *
 * @param address where Redis is
 * @param username null for the default user
 * @param password null where the URL holds none
 * @param database 0 to 65535
 */
record BackendUrl(
    HostPort address, @Nullable String username, @Nullable String password, int database) {

  private static final String SCHEME = "redis://";
  private static final int DEFAULT_PORT = 6379;

  static BackendUrl parse(String text) {
    if (text.startsWith("rediss://")) {
      throw new IllegalArgumentException("TLS to the backend is not supported");
    }
    if (!text.startsWith(SCHEME)) {
      throw new IllegalArgumentException("it must start with redis://");
    }
    int at = text.lastIndexOf('@');
    String userInfo = at < 0 ? "" : text.substring(SCHEME.length(), at);
    String place = text.substring(at < 0 ? SCHEME.length() : at + 1);
    int colon = userInfo.indexOf(':');
    if (at >= 0 && colon < 0) {
      throw new IllegalArgumentException("write user:password@ or :password@ before the host");
    }
    int slash = place.indexOf('/');
    HostPort address = HostPort.parse(slash < 0 ? place : place.substring(0, slash), DEFAULT_PORT);
    if (address.isEveryInterface() || address.port() == 0) {
      throw new IllegalArgumentException("a backend needs a host and a port from 1 to 65535");
    }
    return new BackendUrl(
        address,
        at < 0 ? null : decode(userInfo.substring(0, colon)),
        at < 0 ? null : decode(userInfo.substring(colon + 1)),
        slash < 0 ? 0 : parseDatabase(place.substring(slash + 1)));
  }

  /** The text of a URL, valid or not, without what may be a password. */
  static String mask(String text) {
    int at = text.lastIndexOf('@');
    if (at < 0) {
      return text;
    }
    int start = text.indexOf("://") < 0 ? 0 : text.indexOf("://") + 3;
    int colon = text.indexOf(':', start);
    String user = colon < 0 || colon > at ? "" : text.substring(start, colon);
    return text.substring(0, start) + user + ":***" + text.substring(at);
  }

  private static @Nullable String decode(String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // The cause repeats part of the password, and must not be shown.
      throw new IllegalArgumentException("a % in user or password must be written %25");
    }
  }

  private static int parseDatabase(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65535) {
      throw new IllegalArgumentException("the database after / is not a number from 0 to 65535");
    }
    return Integer.parseInt(text);
  }

  /** Without the password. */
  @Override
  public String toString() {
    String user = username == null ? "" : username;
    return SCHEME
        + (username == null && password == null ? "" : user + ":***@")
        + address
        + "/"
        + database;
  }
}
