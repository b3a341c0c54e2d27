package io.heatsink.testkit;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A primary and replicas that follow it, real processes on loopback. For one thread. */
public final class RedisReplicas implements AutoCloseable {

  private static final Duration WITHIN = Duration.ofSeconds(20);

  private final List<RedisServer> nodes = new ArrayList<>();
  private RedisServer primary;

  private RedisReplicas(RedisServer primary) {
    this.primary = primary;
    nodes.add(primary);
  }

  /** Starts a primary and so many replicas, and waits until they have followed it. */
  public static RedisReplicas start(int replicas) {
    String[] args = {"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"};
    RedisReplicas set = new RedisReplicas(RedisServer.start(args));
    try {
      for (int i = 0; i < replicas; i++) {
        set.nodes.add(RedisServer.start(args));
      }
      set.followPrimary();
      return set;
    } catch (RuntimeException e) {
      set.close();
      throw e;
    }
  }

  /** All of them, in an order that stays. */
  public List<RedisServer> nodes() {
    return List.copyOf(nodes);
  }

  /** Ports of all, in the order of {@link #nodes}. */
  public List<Integer> ports() {
    return nodes.stream().map(RedisServer::port).toList();
  }

  /** The one that takes writes, as far as this class has brought it about. */
  public RedisServer primary() {
    return primary;
  }

  /** All others that run. */
  public List<RedisServer> replicas() {
    return nodes.stream().filter(node -> node != primary && node.isRunning()).toList();
  }

  /** Makes a replica the primary, and has all others that run follow it. */
  public void promote(RedisServer replica) {
    Answers.expectOk(replica.call("REPLICAOF", "NO", "ONE"));
    primary = replica;
    followPrimary();
  }

  private void followPrimary() {
    for (RedisServer replica : replicas()) {
      Answers.expectOk(replica.call("REPLICAOF", "127.0.0.1", Integer.toString(primary.port())));
    }
    await()
        .atMost(WITHIN)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> replicas().stream().allMatch(RedisReplicas::isLinked));
  }

  static boolean isLinked(RedisServer replica) {
    return replica.info("replication").getOrDefault("master_link_status", "").equals("up");
  }

  @Override
  public void close() {
    nodes.forEach(RedisServer::close);
  }
}
