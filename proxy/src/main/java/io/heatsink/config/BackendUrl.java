package io.heatsink.config;

import io.heatsink.config.HeatsinkConfig.Backend.Kind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backend's URL. The scheme says what stands there, an {@code s} behind {@code redis} that it
 * is reached by TLS:
 *
 * <pre>
 * redis://[user:password@]host[:port][/database]
 * redis-replicas://[user:password@]host[:port],...[/database]
 * redis-sentinel://[user:password@]sentinel[:port],...[/database]?master=name
 * redis-cluster://[user:password@]host[:port],...
 * redis+unix://[user:password@]/path/of.sock[?db=database]
 * </pre>
 *
 * <p>User and password are percent-encoded where they hold a reserved character. A user without a
 * colon is refused, because tools disagree on whether that is a name or a password.
 *
 * @param seeds at least one; a socket's path has port 0
 * @param masterName what the sentinels call the primary; null for all other kinds
 * @param username null for the default user
 * @param password null where the URL holds none
 * @param database 0 to 65535
 */
record BackendUrl(
    Kind kind,
    boolean tls,
    List<HostPort> seeds,
    @Nullable String masterName,
    @Nullable String username,
    @Nullable String password,
    int database) {

  private static final int DEFAULT_PORT = 6379;
  private static final int DEFAULT_SENTINEL_PORT = 26379;
  private static final String UNIX = "redis+unix";
  private static final String DATABASE = "db=";
  private static final String MASTER = "master=";

  static BackendUrl parse(String text) {
    int end = text.indexOf("://");
    String scheme = end < 0 ? "" : text.substring(0, end);
    Kind kind = kind(scheme);
    String rest = text.substring(end + 3);
    // A password comes before a path, never in one.
    int at = rest.startsWith("/") ? -1 : rest.lastIndexOf('@');
    String userInfo = at < 0 ? ":" : rest.substring(0, at);
    int colon = userInfo.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("write user:password@ or :password@ before the host");
    }
    String place = rest.substring(at + 1);
    int mark = place.indexOf('?');
    String query = mark < 0 ? "" : place.substring(mark + 1);
    String path = mark < 0 ? place : place.substring(0, mark);
    boolean unix = scheme.equals(UNIX);
    int slash = unix ? -1 : path.indexOf('/');
    String hosts = slash < 0 ? path : path.substring(0, slash);
    boolean sentinel = kind == Kind.SENTINEL;
    if (!query.isEmpty() && !sentinel && !unix) {
      throw new IllegalArgumentException("nothing may follow a ? here");
    }
    return new BackendUrl(
        kind,
        scheme.startsWith("rediss"),
        unix ? List.of(socket(path)) : seeds(kind, hosts),
        sentinel ? masterName(query) : null,
        decode(userInfo.substring(0, colon)),
        decode(userInfo.substring(colon + 1)),
        database(kind, unix ? socketDatabase(query) : path.substring(hosts.length())));
  }

  private static Kind kind(String scheme) {
    return switch (scheme) {
      case "redis", "rediss", UNIX -> Kind.SINGLE;
      case "redis-replicas", "rediss-replicas" -> Kind.REPLICAS;
      case "redis-sentinel", "rediss-sentinel" -> Kind.SENTINEL;
      case "redis-cluster", "rediss-cluster" -> Kind.CLUSTER;
      default ->
          throw new IllegalArgumentException(
              "it must start with redis://, redis-replicas://, redis-sentinel://,"
                  + " redis-cluster:// (for TLS rediss) or redis+unix://");
    };
  }

  private static HostPort socket(String path) {
    String decoded = decode(path);
    if (decoded == null || !decoded.startsWith("/")) {
      throw new IllegalArgumentException("a socket needs its whole path, as redis+unix:///a/b");
    }
    return new HostPort(decoded, 0);
  }

  private static List<HostPort> seeds(Kind kind, String hosts) {
    List<HostPort> seeds = new ArrayList<>();
    for (String host : hosts.split(",", -1)) {
      int port = kind == Kind.SENTINEL ? DEFAULT_SENTINEL_PORT : DEFAULT_PORT;
      HostPort seed = HostPort.parse(host, port);
      if (seed.isEveryInterface() || seed.port() == 0) {
        throw new IllegalArgumentException("a backend needs a host and a port from 1 to 65535");
      }
      if (seeds.contains(seed)) {
        throw new IllegalArgumentException("the same address twice");
      }
      seeds.add(seed);
    }
    if (kind == Kind.SINGLE && seeds.size() > 1) {
      throw new IllegalArgumentException(
          "several hosts: start with redis-cluster://, redis-sentinel:// or redis-replicas://");
    }
    return seeds;
  }

  private static String masterName(String query) {
    String name = query.startsWith(MASTER) ? query.substring(MASTER.length()) : "";
    if (!name.matches("[A-Za-z0-9._-]+")) {
      throw new IllegalArgumentException(
          "end it with ?master= and the name that the sentinels have for the primary");
    }
    return name;
  }

  private static String socketDatabase(String query) {
    if (!query.isEmpty() && !query.startsWith(DATABASE)) {
      throw new IllegalArgumentException("only ?db= may follow a socket's path");
    }
    return query.isEmpty() ? "" : "/" + query.substring(DATABASE.length());
  }

  /**
   * Reads what follows the hosts.
   *
   * @param text empty, or a slash and perhaps a number
   */
  private static int database(Kind kind, String text) {
    int database = text.length() < 2 ? 0 : parseDatabase(text.substring(1));
    if (kind == Kind.CLUSTER && database != 0) {
      throw new IllegalArgumentException(
          "a cluster has database 0 only: leave out /" + database + ", or move the data there");
    }
    return database;
  }

  /** The text of a URL, valid or not, without what may be a password. */
  static String mask(String text) {
    int at = text.lastIndexOf('@');
    int query = text.indexOf('?', Math.max(at, 0));
    if (query >= 0 && text.startsWith("http")) {
      return mask(text.substring(0, query)) + "?***";
    }
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
      throw new IllegalArgumentException("a % in user, password or path must be written %25");
    }
  }

  private static int parseDatabase(String text) {
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65535) {
      throw new IllegalArgumentException("the database is not a number from 0 to 65535");
    }
    return Integer.parseInt(text);
  }

  /** Without the password. */
  @Override
  public String toString() {
    String user = username == null ? "" : username;
    String userInfo = username == null && password == null ? "" : user + ":***@";
    return HeatsinkConfig.Backend.url(kind, tls, userInfo, seeds, database, masterName);
  }
}
