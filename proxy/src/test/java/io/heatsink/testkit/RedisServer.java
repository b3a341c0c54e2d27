package io.heatsink.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis on a free loopback port, without persistence, in a folder of its own. Whatever ends
 * this JVM ends it too.
 */
public final class RedisServer implements AutoCloseable {

  private static final int ATTEMPTS = 5;
  private static final String SENTINEL_FILE = "sentinel.conf";

  /** Above it there is no room for the port of a cluster's bus, 10,000 higher. */
  private static final int HIGHEST_PORT = 55_535;

  /** What was told of a moment ago may not be listened on yet. */
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private static final int MOST_GIVEN = 2_000;

  private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long POLL_MILLIS = 10;
  private static final Set<Path> ANNOUNCED = ConcurrentHashMap.newKeySet();
  private static final Set<RedisServer> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> List.copyOf(RUNNING).forEach(RedisServer::close)));
  }

  private final Path binary;
  private final Path folder;
  private final List<String> extraArgs;
  private @Nullable String password;
  private int port;
  private @Nullable Process process;

  private RedisServer(Path binary, List<String> extraArgs) throws IOException {
    this.binary = binary;
    this.extraArgs = extraArgs;
    this.folder = Files.createTempDirectory("heatsink-redis-");
    int flag = extraArgs.indexOf("--requirepass");
    this.password = flag < 0 ? null : extraArgs.get(flag + 1);
  }

  /** Starts a server; the arguments are added to its command line. */
  public static RedisServer start(String... extraArgs) {
    try {
      return start(RedisBinary.server(), extraArgs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a server from this binary; the arguments are added to its command line. */
  public static RedisServer start(Path binary, String... extraArgs) {
    try {
      RedisServer server = new RedisServer(binary, List.of(extraArgs));
      RUNNING.add(server);
      server.launchOnFreePort();
      if (ANNOUNCED.add(binary)) {
        System.out.println("Redis " + server.version() + " (" + binary + ")");
      }
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a sentinel with these lines in its configuration file. */
  public static RedisServer startSentinel(String... lines) {
    try {
      RedisServer server = new RedisServer(RedisBinary.server(), List.of("--sentinel"));
      RUNNING.add(server);
      Files.write(server.folder.resolve(SENTINEL_FILE), List.of(lines));
      server.launchOnFreePort();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a server on a port that others must know beforehand. */
  public static RedisServer startAt(int port) {
    try {
      RedisServer server = new RedisServer(RedisBinary.server(), List.of());
      RUNNING.add(server);
      server.port = port;
      if (!server.launch()) {
        String log = server.log();
        server.close();
        throw new IllegalStateException("Redis does not start on port " + port + ":\n" + log);
      }
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void launchOnFreePort() throws IOException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      port = freePort();
      if (launch()) {
        return;
      }
    }
    String log = log();
    close();
    throw new IllegalStateException(binary + " does not start:\n" + log);
  }

  /** A loopback port that nobody listens on at the moment, each time another one. */
  public static int freePort() {
    try {
      int port;
      do {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
          port = socket.getLocalPort();
        }
      } while (port > HIGHEST_PORT || !GIVEN.add(port));
      if (GIVEN.size() > MOST_GIVEN) {
        GIVEN.clear();
      }
      return port;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs the process until it answers; false where it ended instead, as on a busy port. */
  private boolean launch() throws IOException {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    if (Files.exists(folder.resolve(SENTINEL_FILE))) {
      command.add(folder.resolve(SENTINEL_FILE).toString());
    } else {
      command.addAll(List.of("--save", "", "--appendonly", "no"));
    }
    command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--dir", folder.toString()));
    command.addAll(extraArgs);
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    process = started;
    long deadline = System.nanoTime() + START_TIMEOUT_NANOS;
    while (System.nanoTime() < deadline) {
      if (endsWithin(started, POLL_MILLIS)) {
        return false;
      }
      if (answers()) {
        return started.isAlive();
      }
    }
    kill();
    return false;
  }

  private static boolean endsWithin(Process process, long millis) {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Redis starts", e);
    }
  }

  private boolean answers() {
    try (RawClient client = client()) {
      return client.call("PING").equals("+PONG\r\n");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** The port it listens on, also while it is stopped. */
  public int port() {
    return port;
  }

  /** The process. */
  public long pid() {
    return running().pid();
  }

  /** The release, as in {@code 7.0.15}. */
  public String version() {
    return info("server").getOrDefault("redis_version", "unknown");
  }

  /** The process runs. */
  public boolean isRunning() {
    Process current = process;
    return current != null && current.isAlive();
  }

  /** Whether the release is this one or a later one. */
  public boolean isAtLeast(int major, int minor) {
    String[] parts = version().split("\\.", -1);
    int ownMajor = Integer.parseInt(parts[0]);
    return ownMajor > major || (ownMajor == major && Integer.parseInt(parts[1]) >= minor);
  }

  /** A client of this server itself, authenticated where the server has a password. */
  public RawClient client() {
    RawClient client = RawClient.connect(port);
    if (password != null) {
      client.call("AUTH", password);
    }
    return client;
  }

  /** From here on nobody gets in without this password; who is in stays. */
  public void lock(String next) {
    Answers.expectOk(call("ACL", "SETUSER", "default", "resetpass", ">" + next));
    password = next;
  }

  /** Sends one command on a connection of its own and returns its reply as text. */
  public String call(String... args) {
    try (RawClient client = client()) {
      return client.call(args);
    }
  }

  /** One section of INFO, field by field. */
  public Map<String, String> info(String section) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : call("INFO", section).split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return fields;
  }

  /** How often each command was executed since the last {@link #resetStats}, lower-case names. */
  public Map<String, Long> commandCalls() {
    Map<String, Long> calls = new LinkedHashMap<>();
    String prefix = "cmdstat_";
    info("commandstats")
        .forEach(
            (name, value) -> {
              if (name.startsWith(prefix)) {
                String count = value.substring("calls=".length(), value.indexOf(','));
                calls.put(name.substring(prefix.length()), Long.parseLong(count));
              }
            });
    return calls;
  }

  /** How often one command was executed since the last {@link #resetStats}. */
  public long calls(String command) {
    return commandCalls().getOrDefault(command, 0L);
  }

  /** Sets all statistics to zero. */
  public void resetStats() {
    call("CONFIG", "RESETSTAT");
  }

  /** Kills the process; port and folder remain for {@link #restart}. */
  public void stop() {
    kill();
  }

  /** Starts an empty server on the same port. */
  public void restart() {
    kill();
    try {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        if (launch()) {
          return;
        }
      }
      throw new IllegalStateException("Redis does not come back:\n" + log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Freezes the process: connections stay, nothing answers. */
  public void pause() {
    signal("STOP");
  }

  /** Ends a {@link #pause}. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid()).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("cannot send SIG" + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Process running() {
    Process current = process;
    if (current == null) {
      throw new IllegalStateException("Redis is stopped");
    }
    return current;
  }

  private void kill() {
    Process current = process;
    if (current != null) {
      process = null;
      current.destroyForcibly();
      endsWithin(current, 5_000);
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  @Override
  public void close() {
    if (!RUNNING.remove(this)) {
      return;
    }
    kill();
    delete(folder);
  }

  /** Deletes a folder with all that is in it. */
  public static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
