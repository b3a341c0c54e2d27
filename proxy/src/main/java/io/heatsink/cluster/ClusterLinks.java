package io.heatsink.cluster;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.CommandTable;
import io.heatsink.command.ErrorReplies;
import io.heatsink.command.LaneClock;
import io.heatsink.command.Writes;
import io.heatsink.metrics.LaneStats;
import io.heatsink.replica.LaneReplicas;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Slots;
import io.heatsink.topology.Topology;
import io.heatsink.topology.TopologySource;
import io.heatsink.upstream.Link;
import io.heatsink.upstream.Links;
import io.heatsink.upstream.Pipe;
import io.heatsink.upstream.PipeKey;
import io.heatsink.upstream.Pipes;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One lane's connections to a backend of several nodes, whatever has which of them have what
 * changes: a Redis Cluster, or a primary that gives way to one of its replicas. Confined to its
 * event loop, but for its construction.
 */
public final class ClusterLinks implements Links {

  private static final int MAX_LINKS = 1024;
  private static final long LINGER_SECONDS = 30;

  /** How long a node that has lost its slots may take to answer what it was sent. */
  private static final long DRAIN_MILLIS = 100;

  /** A node that owes replies and says nothing for so long may have been replaced. */
  private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long LISTEN_MILLIS = 250;

  private final EventLoop loop;
  private final LaneClock clock;
  private final Supplier<CommandTable> commands;
  private final Writes writes;
  private final Nodes nodes;
  private final Dispatch dispatch;
  private final Duration deadline;
  private final Consumer<String> suspected;
  private final LaneReplicas replicas;
  private final Map<PipeKey, ClusterLink> links = new HashMap<>();
  private final IdentityHashMap<Pipe, LaneNode> pinned = new IdentityHashMap<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private Topology topology = Topology.unknown();
  private @Nullable LaneNode exhausted;
  private boolean closed;

  /**
   * What it is made of.
   *
   * @param deadline how long a command may wait for a node to have its slot and answer
   * @param maxHeld commands that may wait so, over which clients are paused
   * @param connect one node's connections
   * @param replicas those that may answer reads
   */
  public record Parts(
      EventLoop loop,
      LaneClock clock,
      LaneStats stats,
      Supplier<CommandTable> commands,
      Writes writes,
      TopologySource source,
      Duration deadline,
      int maxHeld,
      Function<Node, Pipes> connect,
      LaneReplicas replicas) {}

  public ClusterLinks(Parts parts) {
    this.loop = parts.loop();
    this.clock = parts.clock();
    this.commands = parts.commands();
    this.writes = parts.writes();
    this.deadline = parts.deadline();
    this.replicas = parts.replicas();
    this.suspected = parts.source()::suspect;
    this.nodes = new Nodes(parts.connect());
    this.dispatch =
        new Dispatch(
            loop, clock, parts.stats(), deadline.toNanos(), parts.maxHeld(), suspected, nodes);
    parts.source().onChange(now -> loop.execute(() -> follow(now)));
    loop.execute(() -> follow(parts.source().current()));
    listenLater();
  }

  private void listenLater() {
    loop.schedule(this::listen, LISTEN_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** No error tells of a node that stands still: others may have taken its slots. */
  private void listen() {
    long since = clock.refresh() - SILENCE_NANOS;
    for (LaneNode node : nodes.all()) {
      if (node.pipes().isSilentSince(since)) {
        suspected.accept(node + " is silent");
        break;
      }
    }
    if (!closed) {
      listenLater();
    }
  }

  CommandTable commands() {
    return commands.get();
  }

  LaneReplicas replicas() {
    return replicas;
  }

  Writes writes() {
    return writes;
  }

  Topology topology() {
    return topology;
  }

  private void follow(Topology now) {
    if (closed || !now.isKnown() || now.equals(topology)) {
      return;
    }
    clock.refresh();
    Set<Node> lost = primaries(topology);
    boolean isFirst = !topology.isKnown();
    topology = now;
    lost.removeAll(primaries(now));
    if (now.isCluster()) {
      ownSlots(now);
    } else {
      dispatch.own(0, nodes.at(now.shards().get(0).primary()));
    }
    if (!lost.isEmpty()) {
      // Whoever takes over may lack what the other had acknowledged.
      writes.everythingChanged();
      loop.schedule(() -> retire(lost), DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
    replicas.follow(now);
    if (isFirst && now.isCluster()) {
      dispatch.spread();
    }
    dispatch.hurry();
    List<Runnable> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(Runnable::run);
  }

  private static Set<Node> primaries(Topology of) {
    Set<Node> primaries = new HashSet<>();
    of.shards().forEach(shard -> primaries.add(shard.primary()));
    return primaries;
  }

  private void ownSlots(Topology now) {
    for (int slot = 0; slot < Topology.SLOTS; slot++) {
      Shard shard = now.shard(slot);
      dispatch.own(slot, shard == null ? null : nodes.at(shard.primary()));
    }
    List<Shard> shards = now.shards();
    for (int i = 0; i < Dispatch.MAX_SHARDS; i++) {
      dispatch.own(
          Dispatch.FIRST_SHARD + i, i < shards.size() ? nodes.at(shards.get(i).primary()) : null);
    }
    LaneNode home = dispatch.owner(Dispatch.KEYLESS);
    if (home == null || !primaries(now).contains(home.node())) {
      Shard any = shards.get(ThreadLocalRandom.current().nextInt(shards.size()));
      dispatch.own(Dispatch.KEYLESS, nodes.at(any.primary()));
    }
  }

  private void retire(Set<Node> lost) {
    clock.refresh();
    lost.removeAll(primaries(topology));
    for (Node node : lost) {
      LaneNode gone = nodes.find(node);
      if (gone != null) {
        links.values().forEach(link -> link.leave(gone));
        nodes.remove(gone);
      }
    }
  }

  /**
   * Calls back once it is known where the data is, or tells {@code failed} that it took too long.
   */
  void whenKnown(Runnable known, Consumer<byte @Nullable []> failed) {
    waiting.add(known);
    loop.schedule(
        () -> {
          if (waiting.remove(known)) {
            failed.accept(ErrorReplies.unreachable("cluster", "its topology is not known yet"));
          }
        },
        deadline.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean isSpread() {
    return topology.isCluster();
  }

  /** Whether it may turn out that they are spread. */
  boolean mayBeSpread() {
    return isSpread() || !topology.isKnown();
  }

  @Override
  public @Nullable Link acquire(PipeKey key) {
    ClusterLink link = links.get(key);
    if (link == null) {
      if (links.size() >= MAX_LINKS || closed) {
        return null;
      }
      link = new ClusterLink(this, dispatch, key);
      links.put(key, link);
    }
    link.references++;
    return link;
  }

  @Override
  public void release(Link given) {
    ClusterLink link = (ClusterLink) given;
    link.references--;
    if (link.references == 0 && !closed) {
      loop.schedule(() -> closeUnused(link), LINGER_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void closeUnused(ClusterLink link) {
    if (link.references == 0 && links.remove(link.key(), link)) {
      nodes.all().forEach(link::leave);
      replicas.release(link.key());
    }
  }

  /** The one that is named so, if there are connections to it. */
  @Nullable LaneNode node(String server) {
    for (LaneNode each : nodes.all()) {
      if (each.toString().equals(server)) {
        return each;
      }
    }
    return null;
  }

  private @Nullable LaneNode owner(@Nullable Request request, @Nullable CommandSpec spec, Link by) {
    int home = isSpread() ? Dispatch.KEYLESS : 0;
    return dispatch.owner(
        request == null || spec == null ? home : ((ClusterLink) by).slot(request, spec));
  }

  @Override
  public @Nullable Pipe pin(PipeKey key, @Nullable Request request, @Nullable CommandSpec spec) {
    Link link = acquire(key);
    if (link == null) {
      return null;
    }
    LaneNode node = owner(request, spec, link);
    release(link);
    exhausted = node;
    if (node == null) {
      return null;
    }
    Pipe pipe = node.pipes().pin(key, request, spec);
    if (pipe != null) {
      pinned.put(pipe, node);
    }
    return pipe;
  }

  @Override
  public List<Pipe> pinEach(PipeKey key, long parts) {
    List<Pipe> pipes = new ArrayList<>();
    for (LaneNode node : isSpread() ? dispatch.owners(parts) : Set.<LaneNode>of()) {
      Pipe pipe = node.pipes().pin(key, null, null);
      if (pipe == null) {
        exhausted = node;
        pipes.forEach(each -> unpin(each, true));
        return List.of();
      }
      pinned.put(pipe, node);
      pipes.add(pipe);
    }
    return pipes;
  }

  @Override
  public long retryNanos() {
    return deadline.toNanos();
  }

  @Override
  public void suspect(String why) {
    suspected.accept(why);
  }

  @Override
  public boolean serves(Pipe own, Request request, CommandSpec spec) {
    if (!isSpread()) {
      return true;
    }
    ClusterLink link = links.get(own.key());
    if (link == null) {
      // Its client is somebody else by now; slots are the same for all.
      link = links.values().stream().findFirst().orElse(null);
    }
    int slot = link == null ? Dispatch.KEYLESS : link.slot(request, spec);
    return slot == Dispatch.KEYLESS || dispatch.owner(slot) == pinned.get(own);
  }

  @Override
  public byte[] keyAt(Pipe own, String prefix) {
    LaneNode node = pinned.get(own);
    int any = ThreadLocalRandom.current().nextInt(Topology.SLOTS);
    byte[] key = Replies.ascii(prefix);
    LaneNode owner = null;
    for (int i = 0; i < Topology.SLOTS && (owner == null || owner != node); i++) {
      key = Replies.ascii(prefix + ":" + (any + i));
      owner = dispatch.owner(Slots.of(Unpooled.wrappedBuffer(key), 0, key.length));
    }
    return key;
  }

  @Override
  public Pipes.Waiter whenFree(Consumer<Boolean> told) {
    LaneNode full = exhausted;
    return full == null ? Pipes.Waiter.soon(loop, told) : full.pipes().whenFree(told);
  }

  @Override
  public void forget(Pipes.Waiter waiter) {
    nodes.all().forEach(node -> node.pipes().forget(waiter));
  }

  @Override
  public byte[] exhausted() {
    LaneNode full = exhausted;
    return full == null
        ? ErrorReplies.unreachable("cluster", "nobody is known to have this slot")
        : full.pipes().exhausted();
  }

  @Override
  public void unpin(Pipe pipe, boolean clean) {
    LaneNode node = pinned.remove(pipe);
    if (node == null) {
      pipe.close();
    } else {
      node.pipes().unpin(pipe, clean);
    }
  }

  @Override
  public long underWay() {
    return nodes.all().stream().mapToLong(node -> node.pipes().underWay()).sum();
  }

  @Override
  public void close() {
    closed = true;
    nodes.all().forEach(nodes::remove);
    replicas.close();
  }
}
