package io.heatsink.control;

import io.heatsink.command.CommandTable;
import io.heatsink.command.OwnWords;
import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import io.heatsink.topology.TopologySource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the backend beside the data path: where the data is, whether it answers, and its
 * command table.
 *
 * <p>Thread-safe. It lives on threads of its own and starts after the proxy serves, because Lettuce
 * takes its time to load; until then the shipped command table is in force.
 */
public final class ControlPlane implements AutoCloseable {

  /** What the backend said last. */
  public record Health(boolean isReachable, String detail) {}

  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
  private static final long PING_EVERY_MILLIS = 1_000;

  private final Access access;
  private final AtomicReference<CommandTable> commands;
  private final Worker worker = new Worker();
  private final TopologySource topology;
  private final NodeHealth nodes;
  private volatile long changedNanos = System.nanoTime();
  private volatile Health health = new Health(false, "the backend has not been asked yet");
  private @Nullable Links links;
  private boolean isAsking;
  private boolean isLearned;
  private @Nullable Node lastToAnswer;

  /**
   * Prepares to watch a backend.
   *
   * @param commands where its command table is published
   */
  public ControlPlane(Access access, AtomicReference<CommandTable> commands) {
    this.access = access;
    this.commands = commands;
    nodes = new NodeHealth(access, worker);
    topology =
        switch (access.kind()) {
          case SINGLE -> new SingleSource(access.seeds().get(0));
          case REPLICAS -> new ReplicasSource(access, worker);
          case SENTINEL -> new SentinelSource(access, worker);
          case CLUSTER -> new ClusterSource(access, worker);
        };
  }

  /** Begins to watch, on its own thread. */
  public void start() {
    topology.onChange(changed -> changedNanos = System.nanoTime());
    worker.execute(this::open);
    worker.every(PING_EVERY_MILLIS, this::check);
  }

  /** Here is where Lettuce is loaded. */
  private void open() {
    Links through = new Links(access);
    links = through;
    if (topology instanceof Watcher watcher) {
      watcher.start(through);
      new ReplicaWatch(watcher.replication(), topology, through, worker).start();
    }
  }

  private Links links() {
    return Objects.requireNonNull(links, "not started");
  }

  /** Where the data is; known from the start where it is a single server. */
  public TopologySource topology() {
    return topology;
  }

  /** Since when the picture is the one that it is. */
  public Duration topologyAge() {
    return Duration.ofNanos(System.nanoTime() - changedNanos);
  }

  /** What the backend said last. */
  public Health health() {
    return health;
  }

  /** Of servers whether they answer; known a second or two after it has been asked for first. */
  public Map<Node, Boolean> nodes() {
    return nodes.answers();
  }

  private void check() {
    Topology now = topology.current();
    nodes.look(now, links());
    if (isAsking) {
      return;
    }
    if (!now.isKnown()) {
      tell(new Health(false, "backend " + access.seeds() + ": no answer tells where the data is"));
      return;
    }
    isAsking = true;
    List<Node> nodes = primaries(now);
    long patience = Links.TIMEOUT.plus(access.connectTimeout()).toMillis();
    AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
    var unused =
        Links.some(
                nodes,
                node -> links().ping(node).whenComplete((pong, e) -> fault.set(e)),
                patience,
                worker)
            .whenCompleteAsync((pongs, e) -> judge(now, nodes, pongs, fault.get()), worker);
  }

  /** Whoever answered last comes first, and is mostly the only one to be asked. */
  private List<Node> primaries(Topology now) {
    List<Node> nodes = new ArrayList<>();
    for (Shard shard : now.shards()) {
      nodes.add(shard.primary().equals(lastToAnswer) ? 0 : nodes.size(), shard.primary());
    }
    boolean isAlone = health.isReachable() && nodes.get(0).equals(lastToAnswer);
    return isAlone ? nodes.subList(0, 1) : nodes;
  }

  private void judge(
      Topology now,
      List<Node> asked,
      @Nullable Map<Node, String> pongs,
      @Nullable Throwable fault) {
    isAsking = false;
    if (pongs == null || pongs.isEmpty()) {
      // It may come back as another version.
      isLearned = false;
      lastToAnswer = null;
      String why = fault == null ? "no answer" : Links.why(fault);
      tell(new Health(false, "backend " + asked.get(0) + ": " + why));
      return;
    }
    Map.Entry<Node, String> first = pongs.entrySet().iterator().next();
    lastToAnswer = first.getKey();
    String detail = "backend answers " + first.getValue();
    tell(new Health(true, topology instanceof Watcher ? detail + ": " + now : detail));
    if (!isLearned) {
      learnCommands(first.getKey());
    }
  }

  private void tell(Health now) {
    Health before = health;
    health = now;
    if (before.isReachable() != now.isReachable()) {
      LOG.info("{}", now.isReachable() ? "backend " + lastToAnswer + " answers" : now.detail());
    }
  }

  private void learnCommands(Node node) {
    isLearned = true;
    var unused =
        links()
            .list(node, OwnWords.COMMAND)
            .thenApply(CommandTable::ofReply)
            .whenCompleteAsync((table, fault) -> learned(node, table, fault), worker);
  }

  private void learned(Node node, @Nullable CommandTable table, @Nullable Throwable fault) {
    if (table != null) {
      commands.set(table);
      LOG.info("backend {} knows {} commands", node, table.size());
    } else {
      isLearned = false;
      LOG.warn(
          "backend {} does not tell its commands ({}); the table in force stays",
          node,
          fault == null ? "" : Links.why(fault));
    }
  }

  @Override
  public void close() {
    topology.close();
    worker.close();
    Links through = links;
    if (through != null) {
      through.close();
    }
  }
}
