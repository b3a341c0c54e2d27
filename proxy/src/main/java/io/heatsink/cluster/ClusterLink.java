package io.heatsink.cluster;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.ErrorReplies;
import io.heatsink.command.KeyPositions;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Tracking;
import io.heatsink.command.Upstream;
import io.heatsink.replica.Primaries;
import io.heatsink.replica.ReplicaLink;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Slots;
import io.heatsink.topology.Topology;
import io.heatsink.upstream.Link;
import io.heatsink.upstream.Pipe;
import io.heatsink.upstream.PipeKey;
import io.heatsink.upstream.Pipes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One user's, database's and protocol's way to all nodes: each command goes to whoever has its key.
 * Confined to its event loop.
 */
final class ClusterLink implements Link, Primaries {

  private final ClusterLinks links;
  private final Dispatch dispatch;
  private final PipeKey key;
  private final int number = Pipes.nextNumber();
  private final KeyPositions keys = new KeyPositions();
  private final Scatter scatter;
  private @Nullable Pipe[] pipes = new Pipe[4];
  private @Nullable Pipe full;
  private @Nullable ReplicaLink replicas;
  int references;

  ClusterLink(ClusterLinks links, Dispatch dispatch, PipeKey key) {
    this.links = links;
    this.dispatch = dispatch;
    this.key = key;
    this.scatter = new Scatter(this, links);
  }

  @Override
  public PipeKey key() {
    return key;
  }

  @Override
  public int number() {
    return number;
  }

  /** The connection to this node; null over the bound. */
  @Nullable Pipe pipe(LaneNode node) {
    int index = node.index();
    if (index >= pipes.length) {
      pipes = Arrays.copyOf(pipes, Math.max(index + 1, 2 * pipes.length));
    }
    Pipe pipe = pipes[index];
    if (pipe == null) {
      pipe = node.pipes().acquire(key);
      pipes[index] = pipe;
    }
    return pipe;
  }

  private @Nullable Pipe home() {
    LaneNode home = dispatch.owner(links.isSpread() ? Dispatch.KEYLESS : 0);
    return home == null ? null : pipe(home);
  }

  /** The node is gone, or nobody needs this link any more. */
  void leave(LaneNode node) {
    if (node.index() < pipes.length) {
      Pipe pipe = pipes[node.index()];
      pipes[node.index()] = null;
      if (pipe != null) {
        node.pipes().release(pipe);
      }
    }
  }

  @Override
  public boolean isStranger() {
    Pipe home = home();
    return home != null && home.isStranger();
  }

  @Override
  public void open() {
    Pipe home = home();
    if (home != null) {
      home.open();
    }
  }

  @Override
  public void whenOpen(Consumer<byte @Nullable []> listener) {
    Pipe home = home();
    if (home == null) {
      links.whenKnown(() -> whenOpen(listener), listener);
    } else {
      home.whenOpen(listener);
    }
  }

  @Override
  public @Nullable Tracking tracking() {
    return null;
  }

  /** Of any node; {@link #of} tells of which keys. While one is away commands are held. */
  @Override
  public boolean isDown() {
    boolean isAnyDown = false;
    for (int i = 0; dispatch.isHolding() && i < pipes.length && !isAnyDown; i++) {
      Pipe pipe = pipes[i];
      isAnyDown = pipe != null && pipe.isDown();
    }
    return isAnyDown;
  }

  @Override
  public boolean isFull() {
    return dispatch.isFull();
  }

  @Override
  public boolean isFull(Request request, CommandSpec spec) {
    full = null;
    ReplicaLink reads = replicas;
    if (dispatch.isFull()
        || (reads != null && reads.holdsBack(request, spec))
        || (dispatch.isHolding() && isFlush(spec))) {
      return true;
    }
    LaneNode owner = dispatch.owner(slot(request, spec));
    Pipe pipe = owner == null ? null : pipe(owner);
    full = pipe != null && pipe.isFull() ? pipe : null;
    return full != null;
  }

  /** What removes all keys must not overtake a write that waits for its slot. */
  private static boolean isFlush(CommandSpec spec) {
    return spec.name().equals("flushall") || spec.name().equals("flushdb");
  }

  @Override
  public void whenRoom(Runnable resume) {
    Pipe behind = full;
    ReplicaLink reads = replicas;
    if (reads != null && reads.waits(resume)) {
      return;
    }
    if (behind == null) {
      dispatch.whenRoom(resume);
    } else {
      behind.whenRoom(resume);
    }
  }

  /** The slot of the request's first key, or that of commands without. */
  int slot(Request request, CommandSpec spec) {
    if (!links.isSpread()) {
      return 0;
    }
    boolean unused = spec.keys(request, keys);
    if (keys.count() > 0 && keys.get(0) < request.argc()) {
      return slot(request, keys.get(0));
    }
    return switch (spec.name()) {
      case "ssubscribe", "spublish" -> request.argc() > 1 ? slot(request, 1) : Dispatch.KEYLESS;
      case "cluster|countkeysinslot", "cluster|getkeysinslot" -> named(request);
      default -> Dispatch.KEYLESS;
    };
  }

  /** The slot that is the third word; what is none, any node may say. */
  private static int named(Request request) {
    boolean isNumber = request.argc() > 2 && request.isLong(2);
    long slot = isNumber ? request.asLong(2) : -1;
    return slot >= 0 && slot < Topology.SLOTS ? (int) slot : Dispatch.KEYLESS;
  }

  static int slot(Request request, int word) {
    return Slots.of(request.buffer(), request.offset(word), request.length(word));
  }

  @Override
  public long parts(Request request, CommandSpec spec) {
    if (!links.mayBeSpread()) {
      return 0;
    }
    if (!spec.keys(request, keys) || keys.count() == 0) {
      return -1;
    }
    long parts = 0;
    for (int i = 0; i < keys.count(); i++) {
      int word = keys.get(i);
      parts |= word < request.argc() ? 1L << (slot(request, word) / Dispatch.SLOTS_A_PART) : 0;
    }
    return parts;
  }

  @Override
  public void send(Request request, ReplySlot to) {
    CommandSpec spec = links.commands().find(request);
    int slot = slot(request, spec);
    if (replicas != null) {
      replicas.written();
    }
    boolean isPlain = !links.isSpread() || (slot != Dispatch.KEYLESS && keys.count() == 1);
    if (isPlain || !scatter.send(request, spec, keys, to)) {
      send(slot, request, to);
    }
  }

  private void send(int slot, Request request, ReplySlot to) {
    Attempt attempt = dispatch.attempt(this, slot, to);
    int length = request.length();
    request.buffer().getBytes(request.start(), attempt.room(length), 0, length);
    dispatch.send(attempt);
  }

  @Override
  public void send(byte[] encoded, int length, ReplySlot to) {
    send(parse(encoded, length), to);
  }

  /** Sends one whose slot is known. */
  void send(int slot, byte[] encoded, int length, ReplySlot to) {
    Attempt attempt = dispatch.attempt(this, slot, to);
    System.arraycopy(encoded, 0, attempt.room(length), 0, length);
    dispatch.send(attempt);
  }

  /** Sends one that concerns the connection to this node, before what follows it there. */
  void sendAhead(LaneNode there, byte[] encoded) {
    Pipe pipe = pipe(there);
    if (pipe != null) {
      pipe.send(encoded, ReplySlot.NOBODY);
    }
  }

  @Override
  public Request parse(byte[] encoded, int length) {
    return RequestParser.whole(encoded, length);
  }

  /**
   * The command is sent again: the consent to track what it reads went with the first time, so what
   * is about to be kept of its keys is not tracked, and must not be kept.
   */
  void untracked(Attempt attempt) {
    Request request = parse(attempt.command(), attempt.length());
    boolean unused = links.commands().find(request).keys(request, keys);
    for (int i = 0; i < keys.count(); i++) {
      links.writes().changed(KeyHash.with(request.hash(keys.get(i)), key.database()));
    }
  }

  /** Whether it may be run twice, because it changes nothing. */
  boolean onlyReads(Attempt attempt) {
    return links.commands().find(parse(attempt.command(), attempt.length())).onlyReads();
  }

  /** Slots have moved: what was acknowledged may not have come to all replicas. */
  void moved() {
    links.replicas().moved();
  }

  @Override
  public Upstream replicas(long maxLagNanos) {
    ReplicaLink reads = replicas;
    if (reads == null) {
      reads = new ReplicaLink(this, links.replicas());
      replicas = reads;
    }
    return reads.within(maxLagNanos);
  }

  @Override
  public int slotOf(Request request, int word) {
    return links.isSpread() ? slot(request, word) : 0;
  }

  @Override
  public @Nullable Shard shard(int slot) {
    LaneNode owner = dispatch.isHeld(slot) ? null : dispatch.owner(slot);
    Shard shard = topology().shard(slot);
    boolean isSure = owner != null && shard != null && owner.node().equals(shard.primary());
    return isSure ? shard : null;
  }

  @Override
  public void sendTo(int slot, byte[] encoded, ReplySlot to) {
    send(slot, encoded, encoded.length, to);
  }

  @Override
  public void sendTo(String server, byte[] encoded, ReplySlot to) {
    LaneNode there = links.node(server);
    Pipe pipe = there == null ? null : pipe(there);
    if (pipe == null) {
      to.fail(ErrorReplies.NOT_SENT);
    } else {
      pipe.send(encoded, to);
    }
  }

  @Override
  public Upstream of(byte[] ofKey) {
    ByteBuf bytes = Unpooled.wrappedBuffer(ofKey);
    return new OfKey(links.isSpread() ? Slots.of(bytes, 0, ofKey.length) : 0);
  }

  /** What is sent to one slot, by the one who tracks it. */
  private final class OfKey implements Upstream {
    private final int slot;

    OfKey(int slot) {
      this.slot = slot;
    }

    private @Nullable Pipe pipe() {
      LaneNode owner = dispatch.isHeld(slot) ? null : dispatch.owner(slot);
      return owner == null ? null : ClusterLink.this.pipe(owner);
    }

    @Override
    public int number() {
      return number;
    }

    @Override
    public @Nullable Tracking tracking() {
      Pipe pipe = pipe();
      return pipe == null ? null : pipe.tracking();
    }

    @Override
    public void send(Request request, ReplySlot to) {
      ClusterLink.this.send(slot, request, to);
    }

    @Override
    public void send(byte[] encoded, int length, ReplySlot to) {
      ClusterLink.this.send(slot, encoded, length, to);
    }

    @Override
    public void sendHere(byte[] encoded, ReplySlot to) {
      Pipe pipe = pipe();
      if (pipe == null) {
        to.fail(ErrorReplies.NOT_SENT);
      } else {
        pipe.send(encoded, to);
      }
    }

    @Override
    public boolean isDown() {
      LaneNode owner = dispatch.owner(slot);
      Pipe pipe = owner == null ? null : ClusterLink.this.pipe(owner);
      return pipe == null || pipe.isDown();
    }

    @Override
    public boolean isFull() {
      return ClusterLink.this.isFull();
    }

    @Override
    public void whenRoom(Runnable resume) {
      dispatch.whenRoom(resume);
    }
  }

  /** The shards' own slots. */
  static int ofShard(int index) {
    return Dispatch.FIRST_SHARD + Math.min(index, Dispatch.MAX_SHARDS - 1);
  }

  Topology topology() {
    return links.topology();
  }

  @Override
  public String toString() {
    return topology().isCluster() ? "cluster" : String.valueOf(home());
  }
}
