package io.heatsink.testkit;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A real Redis Cluster on loopback. Its nodes can be stopped, paused and restarted like any server;
 * a restarted one comes back as who it was, without its data. For one thread.
 */
public final class RedisCluster implements AutoCloseable {

  /** Hash slots. */
  public static final int SLOTS = 16_384;

  private static final Duration WITHIN = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final List<String> ARGS =
      List.of(
          "--cluster-enabled", "yes",
          "--cluster-node-timeout", "1000",
          "--cluster-replica-validity-factor", "0",
          "--repl-diskless-sync-delay", "0",
          "--repl-ping-replica-period", "1");

  private final List<RedisServer> nodes = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();
  private final List<Integer> announced = new ArrayList<>();

  private RedisCluster() {}

  /** Three primaries with a replica each. */
  public static RedisCluster start() {
    return start(3, 1);
  }

  /** So many primaries, each with so many replicas; arguments for each server. */
  public static RedisCluster start(int primaries, int replicasEach, String... extraArgs) {
    return start(primaries, replicasEach, Arrays.asList(extraArgs), false);
  }

  /**
   * One whose nodes speak TLS among themselves, and on ports of their own, {@link #tlsPorts}, with
   * clients.
   *
   * @param tls arguments that say with which certificates
   */
  public static RedisCluster startSecure(int primaries, int replicasEach, List<String> tls) {
    List<String> args = new ArrayList<>(tls);
    args.addAll(List.of("--tls-cluster", "yes", "--tls-replication", "yes"));
    return start(primaries, replicasEach, args, true);
  }

  private static RedisCluster start(
      int primaries, int replicasEach, List<String> extraArgs, boolean isSecure) {
    RedisCluster cluster = new RedisCluster();
    try {
      for (int i = 0; i < primaries * (1 + replicasEach); i++) {
        List<String> args = new ArrayList<>(ARGS);
        args.addAll(extraArgs);
        int tlsPort = isSecure ? RedisServer.freePort() : 0;
        if (isSecure) {
          args.addAll(List.of("--tls-port", Integer.toString(tlsPort)));
        }
        RedisServer node = RedisServer.start(args.toArray(String[]::new));
        cluster.nodes.add(node);
        cluster.announced.add(isSecure ? tlsPort : node.port());
        cluster.ids.add(Answers.text(node.call("CLUSTER", "MYID")));
      }
      cluster.form(primaries);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void form(int primaries) {
    for (int i = 0; i < primaries; i++) {
      nodes.get(i).call("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
      int from = i * SLOTS / primaries;
      int to = (i + 1) * SLOTS / primaries;
      List<String> add = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
      IntStream.range(from, to).forEach(slot -> add.add(Integer.toString(slot)));
      Answers.expectOk(nodes.get(i).call(add.toArray(String[]::new)));
    }
    for (RedisServer node : nodes) {
      for (RedisServer other : nodes.subList(nodes.indexOf(node) + 1, nodes.size())) {
        String port = Integer.toString(announced.get(nodes.indexOf(other)));
        Answers.expectOk(node.call("CLUSTER", "MEET", "127.0.0.1", port));
      }
    }
    await().atMost(WITHIN).pollInterval(POLL).until(() -> nodes.stream().allMatch(this::knowsAll));
    for (int i = primaries; i < nodes.size(); i++) {
      Answers.expectOk(nodes.get(i).call("CLUSTER", "REPLICATE", ids.get(i % primaries)));
    }
    awaitSettled();
  }

  private boolean knowsAll(RedisServer node) {
    List<String[]> lines = lines(node);
    return lines.size() == nodes.size()
        && lines.stream().noneMatch(line -> line[2].contains("handshake"));
  }

  /** Waits until every running node finds the cluster well, and replicas have their primaries. */
  public void awaitSettled() {
    await()
        .atMost(WITHIN)
        .pollInterval(POLL)
        .ignoreExceptions()
        .until(() -> running().stream().allMatch(RedisCluster::isSettled));
  }

  private static boolean isSettled(RedisServer node) {
    boolean isWell = Answers.text(node.call("CLUSTER", "INFO")).contains("cluster_state:ok");
    return isWell && (!isReplica(node) || RedisReplicas.isLinked(node));
  }

  private static boolean isReplica(RedisServer node) {
    return node.info("replication").getOrDefault("role", "").equals("slave");
  }

  private List<RedisServer> running() {
    return nodes.stream().filter(RedisServer::isRunning).toList();
  }

  /** What a node says of all, word by word. */
  private static List<String[]> lines(RedisServer node) {
    return Answers.text(node.call("CLUSTER", "NODES"))
        .lines()
        .map(line -> line.split(" ", -1))
        .toList();
  }

  /** All nodes, in an order that stays; first those that began as primaries. */
  public List<RedisServer> nodes() {
    return List.copyOf(nodes);
  }

  /** Ports of all, in the order of {@link #nodes}. */
  public List<Integer> ports() {
    return nodes.stream().map(RedisServer::port).toList();
  }

  /** Ports on which nodes speak TLS, in the same order. */
  public List<Integer> tlsPorts() {
    return List.copyOf(announced);
  }

  /** Those that run and say that they are primaries. */
  public List<RedisServer> primaries() {
    return running().stream().filter(node -> !isReplica(node)).toList();
  }

  /** Who says of itself that it has this slot; while nodes elect somebody that may be nobody. */
  public RedisServer ownerOf(int slot) {
    List<RedisServer> owner = new ArrayList<>();
    await()
        .atMost(WITHIN)
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL)
        .until(() -> running().stream().anyMatch(node -> has(node, slot) && owner.add(node)));
    return owner.get(0);
  }

  /** Who says of itself that it has this key. */
  public RedisServer ownerOf(String key) {
    return ownerOf(slotOf(key));
  }

  /** The slot of a key. */
  public int slotOf(String key) {
    return Integer.parseInt(Answers.text(running().get(0).call("CLUSTER", "KEYSLOT", key)));
  }

  private static boolean has(RedisServer node, int slot) {
    for (String[] line : lines(node)) {
      if (line[2].contains("myself") && !line[2].contains("slave")) {
        return Arrays.stream(line).skip(8).anyMatch(range -> isIn(range, slot));
      }
    }
    return false;
  }

  private static boolean isIn(String range, int slot) {
    if (range.startsWith("[")) {
      return false;
    }
    String[] ends = range.split("-", -1);
    return Integer.parseInt(ends[0]) <= slot && slot <= Integer.parseInt(ends[ends.length - 1]);
  }

  /** A running replica of this primary. */
  public RedisServer replicaOf(RedisServer primary) {
    String port = Integer.toString(primary.port());
    return running().stream()
        .filter(node -> node.info("replication").getOrDefault("master_port", "").equals(port))
        .findFirst()
        .orElseThrow();
  }

  /** Moves a slot with its keys, all at once. */
  public void migrateSlot(int slot, RedisServer target) {
    SlotMigration migration = beginMigration(slot, target);
    while (migration.moveKeys(100) > 0) {
      assert migration.isUnderWay();
    }
    migration.finish();
  }

  /** Begins to move a slot; from here on its owner says ASK for keys that it does not have. */
  public SlotMigration beginMigration(int slot, RedisServer target) {
    return new SlotMigration(this, slot, ownerOf(slot), target).begin();
  }

  String id(RedisServer node) {
    return ids.get(nodes.indexOf(node));
  }

  /** Has a replica of this primary take over, in agreement with it, and answers the replica. */
  public RedisServer failover(RedisServer primary) {
    RedisServer replica = replicaOf(primary);
    await().atMost(WITHIN).until(() -> replica.call("CLUSTER", "FAILOVER").equals("+OK\r\n"));
    await().atMost(WITHIN).pollInterval(POLL).until(() -> !isReplica(replica));
    return replica;
  }

  /** Kills a primary, and answers the replica that took over by itself. */
  public RedisServer killPrimary(RedisServer primary) {
    RedisServer replica = replicaOf(primary);
    primary.stop();
    await().atMost(WITHIN).pollInterval(POLL).until(() -> !isReplica(replica));
    return replica;
  }

  @Override
  public void close() {
    nodes.forEach(RedisServer::close);
  }
}
