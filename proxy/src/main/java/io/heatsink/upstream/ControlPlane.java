package io.heatsink.upstream;

import io.heatsink.command.CommandTable;
import io.heatsink.command.OwnWords;
import io.heatsink.resp.Replies;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the backend beside the data path: whether it answers, and its command table.
 *
 * <p>Thread-safe. It lives on threads of its own and starts after the proxy serves, because Lettuce
 * takes its time to load; until then the shipped command table is in force.
 */
public final class ControlPlane implements AutoCloseable {

  /** What the backend said last. */
  public record Health(boolean isReachable, String detail) {}

  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
  private static final ProtocolKeyword PING = keyword(OwnWords.PING);
  private static final ProtocolKeyword COMMAND = keyword(OwnWords.COMMAND);
  private static final Duration PING_EVERY = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final String host;
  private final int port;
  private final ControlAccess access;
  private final Duration connectTimeout;
  private final AtomicReference<CommandTable> commands;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "heatsink-control");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Health health = new Health(false, "the backend has not been asked yet");
  private boolean isLearned;
  private @Nullable ClientResources resources;
  private @Nullable RedisClient client;
  private @Nullable StatefulRedisConnection<String, String> connection;

  /**
   * Prepares to watch a backend.
   *
   * @param commands where its command table is published
   */
  public ControlPlane(
      String host,
      int port,
      ControlAccess access,
      Duration connectTimeout,
      AtomicReference<CommandTable> commands) {
    this.host = host;
    this.port = port;
    this.access = access;
    this.connectTimeout = connectTimeout;
    this.commands = commands;
  }

  private static ProtocolKeyword keyword(String word) {
    byte[] bytes = Replies.ascii(word);
    return new ProtocolKeyword() {
      @Override
      public byte[] getBytes() {
        return bytes;
      }

      @Override
      public String toString() {
        return word;
      }
    };
  }

  /** Begins to watch, on its own thread. */
  public void start() {
    worker.scheduleWithFixedDelay(this::check, 0, PING_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What the backend said last. */
  public Health health() {
    return health;
  }

  private void check() {
    try {
      StatefulRedisConnection<String, String> open = connection;
      if (open == null) {
        open = connect();
        connection = open;
      }
      String pong = open.sync().dispatch(PING, new StatusOutput<>(StringCodec.UTF8));
      if (!isLearned) {
        learnCommands(open);
      }
      tell(new Health(true, "backend answers " + pong));
    } catch (RuntimeException e) {
      // It may come back as another version.
      isLearned = false;
      Throwable cause = e.getCause() == null ? e : e.getCause();
      tell(new Health(false, "backend " + address() + ": " + cause.getMessage()));
    }
  }

  private void tell(Health now) {
    Health before = health;
    health = now;
    if (before.isReachable() != now.isReachable()) {
      LOG.info("{}", now.isReachable() ? "backend " + address() + " answers" : now.detail());
    }
  }

  private String address() {
    return port == 0 ? host : host + ":" + port;
  }

  private StatefulRedisConnection<String, String> connect() {
    RedisClient redis = client;
    if (redis == null) {
      resources =
          ClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2).build();
      redis = RedisClient.create(resources, uri());
      redis.setOptions(
          access
              .apply(ClientOptions.builder())
              .protocolVersion(ProtocolVersion.RESP2)
              .pingBeforeActivateConnection(false)
              .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
              .socketOptions(
                  SocketOptions.builder()
                      .connectTimeout(connectTimeout)
                      .keepAlive(port != 0)
                      .build())
              .build());
      client = redis;
    }
    return redis.connect();
  }

  private RedisURI uri() {
    RedisURI uri = access.uri(host, port);
    uri.setTimeout(TIMEOUT);
    return uri;
  }

  private void learnCommands(StatefulRedisConnection<String, String> open) {
    try {
      List<Object> reply = open.sync().dispatch(COMMAND, new ArrayOutput<>(StringCodec.UTF8));
      CommandTable table = CommandTable.ofReply(reply);
      commands.set(table);
      isLearned = true;
      LOG.info("backend {} knows {} commands", address(), table.size());
    } catch (RuntimeException e) {
      LOG.warn(
          "backend {} does not tell its commands ({}); the table in force stays",
          address(),
          e.getMessage());
    }
  }

  @Override
  public void close() {
    worker.shutdown();
    try {
      // A connection that is cut off while Lettuce makes it leaks its buffer.
      if (!worker.awaitTermination(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        worker.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    StatefulRedisConnection<String, String> open = connection;
    if (open != null) {
      open.close();
    }
    RedisClient redis = client;
    if (redis != null) {
      redis.shutdown(0, 1, TimeUnit.SECONDS);
    }
    ClientResources shared = resources;
    if (shared != null) {
      shared.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
  }
}
