package io.heatsink.control;

import io.heatsink.command.OwnWords;
import io.heatsink.resp.Replies;
import io.heatsink.topology.Node;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lettuce's connections, one a server, made when it is first asked and again after it was lost.
 * Nothing waits here: answers come as futures, within {@link #TIMEOUT}.
 *
 * <p>Confined to the control plane's worker, {@link #close} comes after it has ended.
 */
final class Links {

  /** For one answer, connecting apart. */
  static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** How many are asked at a time where any will do. */
  private static final int WAVE = 3;

  private final Access access;
  private final Map<Node, CompletableFuture<StatefulRedisConnection<String, String>>> links =
      new HashMap<>();
  private final Map<Node, CompletableFuture<StatefulRedisPubSubConnection<String, String>>>
      listening = new HashMap<>();
  private final Map<Object, Set<Node>> others = new HashMap<>();
  private @Nullable ClientResources resources;
  private @Nullable RedisClient client;

  Links(Access access) {
    this.access = access;
  }

  /** The reply to PING. */
  CompletableFuture<String> ping(Node node) {
    return ask(node, new StatusOutput<>(StringCodec.UTF8), OwnWords.PING);
  }

  /** A reply that is one bulk string. */
  CompletableFuture<String> text(Node node, String... words) {
    return ask(node, new ValueOutput<>(StringCodec.UTF8), words);
  }

  /** A reply that is an array. */
  CompletableFuture<List<Object>> list(Node node, String... words) {
    return ask(node, new ArrayOutput<>(StringCodec.UTF8), words);
  }

  private <T> CompletableFuture<T> ask(
      Node node, CommandOutput<String, String, T> output, String... words) {
    CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8);
    for (int i = 1; i < words.length; i++) {
      args.add(words[i]);
    }
    CompletableFuture<StatefulRedisConnection<String, String>> link = link(node);
    return link.thenCompose(
            open ->
                open.async()
                    .dispatch(keyword(words[0]), output, args)
                    .toCompletableFuture()
                    .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((answer, fault) -> closeIfLost(open, fault)))
        .toCompletableFuture();
  }

  /** An error is an answer too; whoever gives none is connected to anew. */
  private static void closeIfLost(
      StatefulConnection<String, String> open, @Nullable Throwable fault) {
    if (fault != null && !(unwrap(fault) instanceof RedisCommandExecutionException)) {
      close(open);
    }
  }

  /** Also what was lost has to be closed, or Lettuce keeps it; once is enough. */
  private static void close(StatefulConnection<?, ?> open) {
    if (!(open instanceof RedisChannelHandler<?, ?> handler) || !handler.isClosed()) {
      open.closeAsync();
    }
  }

  private CompletableFuture<StatefulRedisConnection<String, String>> link(Node node) {
    CompletableFuture<StatefulRedisConnection<String, String>> link = links.get(node);
    if (link == null || isLost(link)) {
      forget(link);
      link = client().connectAsync(StringCodec.UTF8, access.uri(node)).toCompletableFuture();
      links.put(node, link);
    }
    return link;
  }

  private static boolean isLost(CompletableFuture<? extends StatefulConnection<?, ?>> link) {
    return link.isCompletedExceptionally() || (link.isDone() && !link.join().isOpen());
  }

  /**
   * Has messages of a channel told, on a thread of Lettuce's. To be asked for again and again: it
   * holds for as long as the connection does.
   */
  void listen(Node node, String channel, Consumer<String> told) {
    CompletableFuture<StatefulRedisPubSubConnection<String, String>> link = listening.get(node);
    if (link != null && !isLost(link)) {
      return;
    }
    link = client().connectPubSubAsync(StringCodec.UTF8, access.uri(node)).toCompletableFuture();
    listening.put(node, link);
    link.thenAccept(
        open -> {
          open.addListener(
              new RedisPubSubAdapter<>() {
                @Override
                public void message(String from, String message) {
                  told.accept(message);
                }
              });
          open.async()
              .subscribe(channel)
              .whenComplete((subscribed, fault) -> closeIfLost(open, fault));
        });
  }

  private static void forget(@Nullable CompletableFuture<? extends StatefulConnection<?, ?>> link) {
    if (link != null) {
      var unused = link.thenAccept(Links::close);
    }
  }

  /** Connections to these are kept for somebody as well, whatever {@link #keepOnly} says. */
  void keepToo(Object who, Set<Node> nodes) {
    others.put(who, nodes);
  }

  private boolean isKept(Node node) {
    return others.values().stream().anyMatch(nodes -> nodes.contains(node));
  }

  /** Lets go of connections to all but these. */
  void keepOnly(List<Node> nodes) {
    links
        .entrySet()
        .removeIf(
            each -> {
              boolean isOld = !nodes.contains(each.getKey()) && !isKept(each.getKey());
              if (isOld) {
                forget(each.getValue());
              }
              return isOld;
            });
  }

  /**
   * Asks all of them, and answers after so long with what has come by then.
   *
   * @return in the order of the nodes; never fails, empty where nobody has answered
   */
  static <T> CompletableFuture<Map<Node, T>> gather(
      List<Node> nodes, Function<Node, CompletableFuture<T>> question, long millis) {
    Map<Node, T> answers = new ConcurrentHashMap<>();
    CompletableFuture<?>[] all =
        nodes.stream()
            .map(
                node ->
                    question
                        .apply(node)
                        .thenAccept(answer -> answers.put(node, answer))
                        .exceptionally(fault -> null))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(all)
        .completeOnTimeout(null, millis, TimeUnit.MILLISECONDS)
        .thenApply(
            ended -> {
              Map<Node, T> ordered = new LinkedHashMap<>();
              for (Node node : nodes) {
                T answer = answers.get(node);
                if (answer != null) {
                  ordered.put(node, answer);
                }
              }
              return ordered;
            });
  }

  /**
   * Asks a few at a time until any has answered.
   *
   * @param millis for each such few
   * @return never fails; empty where nobody has answered
   */
  static <T> CompletableFuture<Map<Node, T>> some(
      List<Node> nodes, Function<Node, CompletableFuture<T>> question, long millis, Worker worker) {
    List<Node> wave = nodes.subList(0, Math.min(WAVE, nodes.size()));
    List<Node> rest = nodes.subList(wave.size(), nodes.size());
    return gather(wave, question, millis)
        .thenComposeAsync(
            answers ->
                answers.isEmpty() && !rest.isEmpty()
                    ? some(rest, question, millis, worker)
                    : CompletableFuture.completedFuture(answers),
            worker);
  }

  /** What an operator needs to know of a failure. */
  static String why(Throwable fault) {
    Throwable cause = unwrap(fault);
    if (cause instanceof TimeoutException) {
      return "no answer within " + TIMEOUT.toSeconds() + " s";
    }
    return String.valueOf((cause.getCause() == null ? cause : cause.getCause()).getMessage());
  }

  private static Throwable unwrap(Throwable fault) {
    Throwable cause = fault.getCause();
    return fault instanceof CompletionException && cause != null ? unwrap(cause) : fault;
  }

  private RedisClient client() {
    RedisClient redis = client;
    if (redis == null) {
      resources =
          ClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2).build();
      redis = RedisClient.create(resources);
      redis.setOptions(
          access
              .servers()
              .apply(ClientOptions.builder())
              .protocolVersion(ProtocolVersion.RESP2)
              .autoReconnect(false)
              .pingBeforeActivateConnection(false)
              .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
              .socketOptions(
                  SocketOptions.builder()
                      .connectTimeout(access.connectTimeout())
                      .keepAlive(access.seeds().get(0).port() != 0)
                      .build())
              .build());
      client = redis;
    }
    return redis;
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

  /** Closes every connection, those that are being made too. */
  void close() {
    links.values().forEach(Links::closeNow);
    listening.values().forEach(Links::closeNow);
    RedisClient redis = client;
    if (redis != null) {
      redis.shutdown(0, 1, TimeUnit.SECONDS);
    }
    ClientResources shared = resources;
    if (shared != null) {
      shared.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
  }

  /** A connection that is cut off while Lettuce makes it leaks its buffer. */
  private static void closeNow(CompletableFuture<? extends StatefulConnection<?, ?>> link) {
    try {
      link.get(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      link.cancel(true);
    }
  }
}
