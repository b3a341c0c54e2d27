package io.heatsink.testkit;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A primary with two replicas, watched by three sentinels, real processes. For one thread. */
public final class RedisSentinels implements AutoCloseable {

  /** What the sentinels call the primary. */
  public static final String NAME = "heat";

  private static final Duration WITHIN = Duration.ofSeconds(30);
  private static final int SENTINELS = 3;

  private final RedisReplicas data;
  private final List<RedisServer> sentinels = new ArrayList<>();

  private RedisSentinels(RedisReplicas data) {
    this.data = data;
  }

  /** Starts them, and waits until the sentinels know each other and the replicas. */
  public static RedisSentinels start() {
    RedisSentinels group = new RedisSentinels(RedisReplicas.start(2));
    try {
      for (int i = 0; i < SENTINELS; i++) {
        group.sentinels.add(
            RedisServer.startSentinel(
                "sentinel monitor " + NAME + " 127.0.0.1 " + group.data.primary().port() + " 2",
                "sentinel down-after-milliseconds " + NAME + " 500",
                "sentinel failover-timeout " + NAME + " 2000",
                "sentinel parallel-syncs " + NAME + " 2"));
      }
      await()
          .atMost(WITHIN)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> group.sentinels.stream().allMatch(RedisSentinels::isReady));
      return group;
    } catch (RuntimeException e) {
      group.close();
      throw e;
    }
  }

  private static boolean isReady(RedisServer sentinel) {
    return field(sentinel, "num-slaves").equals("2")
        && field(sentinel, "num-other-sentinels").equals("2")
        && sentinel.call("SENTINEL", "CKQUORUM", NAME).startsWith("+OK");
  }

  /** One field of what a sentinel knows of the primary. */
  private static String field(RedisServer sentinel, String name) {
    List<String> fields = Answers.texts(sentinel.call("SENTINEL", "MASTER", NAME));
    return fields.get(fields.indexOf(name) + 1);
  }

  /** The servers that hold data, in an order that stays. */
  public List<RedisServer> nodes() {
    return data.nodes();
  }

  /** The sentinels. */
  public List<RedisServer> sentinels() {
    return List.copyOf(sentinels);
  }

  /** Ports of the sentinels. */
  public List<Integer> ports() {
    return sentinels.stream().map(RedisServer::port).toList();
  }

  /** The primary as the sentinel with the newest word has it. */
  public RedisServer primary() {
    RedisServer newest = null;
    long epoch = -1;
    for (RedisServer sentinel : sentinels) {
      if (sentinel.isRunning()) {
        long told = Long.parseLong(field(sentinel, "config-epoch"));
        newest = told > epoch ? sentinel : newest;
        epoch = Math.max(epoch, told);
      }
    }
    if (newest == null) {
      throw new IllegalStateException("no sentinel runs");
    }
    int port = Integer.parseInt(field(newest, "port"));
    return nodes().stream().filter(node -> node.port() == port).findFirst().orElseThrow();
  }

  /** Has the sentinels make a replica the primary, and answers it once they all say so. */
  public RedisServer failover() {
    RedisServer before = primary();
    await()
        .atMost(WITHIN)
        .until(() -> sentinels.get(0).call("SENTINEL", "FAILOVER", NAME).equals("+OK\r\n"));
    return awaitOther(before);
  }

  /** Kills the primary, and answers the next once all sentinels have agreed on it. */
  public RedisServer killPrimary() {
    RedisServer before = primary();
    before.stop();
    return awaitOther(before);
  }

  private RedisServer awaitOther(RedisServer before) {
    await()
        .atMost(WITHIN)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                sentinels.stream()
                        .filter(RedisServer::isRunning)
                        .map(sentinel -> field(sentinel, "port"))
                        .distinct()
                        .toList()
                        .equals(List.of(Integer.toString(primary().port())))
                    && primary() != before);
    return primary();
  }

  @Override
  public void close() {
    sentinels.forEach(RedisServer::close);
    data.close();
  }
}
