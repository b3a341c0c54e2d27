package io.heatsink.cluster;

import io.heatsink.command.ErrorReplies;
import io.heatsink.command.LaneClock;
import io.heatsink.command.ReplySlot;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Replies;
import io.heatsink.topology.Topology;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a lane's commands to whoever has their slot, and again where they were not run: for as long
 * as the deadline allows, and never past a later one on the same slot. Confined to its event loop.
 */
final class Dispatch {

  /*
   * What one connection carries runs in its order, so order is at stake only where commands of one
   * slot are under way on two connections, or come back. Then the slot is held: new commands on it
   * wait until none is under way. One that comes back because it was not run (MOVED, TRYAGAIN,
   * CLUSTERDOWN, LOADING, READONLY, a connection that could not be made) takes its old place among
   * those that wait. Should one that was sent later have been run meanwhile, it is too late for it:
   * its client is told the error. A command whose connection was lost after it was written may have
   * been run. One that only reads comes back all the same, and is too late like others once a later
   * command of its slot may have been run; what writes is never sent again.
   */

  private static final byte[] ASKING = Replies.request("ASKING");
  private static final byte[] NO_OWNER =
      Replies.error("CLUSTERDOWN Heatsink: nobody is known to have this slot");
  private static final byte[] TOO_MANY_REDIRECTS =
      Replies.error("TRYAGAIN Heatsink: the slot is moving, or the nodes disagree on who has it");
  private static final int MAX_REDIRECTS = 16;
  private static final int MAX_FREE = 4_096;
  private static final long TICK_MILLIS = 5;

  /** Keyless commands, and then those for each shard, have slots of their own. */
  static final int KEYLESS = Topology.SLOTS;

  static final int FIRST_SHARD = KEYLESS + 1;
  static final int MAX_SHARDS = 1_024;

  /** Slots are told apart roughly by {@link io.heatsink.upstream.Link#parts}. */
  static final int SLOTS_A_PART = Topology.SLOTS / Long.SIZE;

  private final EventLoop loop;
  private final LaneClock clock;
  private final LaneStats stats;
  private final long deadlineNanos;
  private final int maxHeld;
  private final Consumer<String> suspect;
  private final Nodes nodes;
  private final @Nullable LaneNode[] owners = new LaneNode[FIRST_SHARD + MAX_SHARDS];
  private final int[] underWay = new int[owners.length];
  private final Map<Integer, Hold> holds = new HashMap<>();
  private final ArrayDeque<Attempt> free = new ArrayDeque<>();
  private final ArrayDeque<Runnable> waitingForRoom = new ArrayDeque<>();
  private long orders;
  private int held;
  private boolean ticking;

  /**
   * @param maxHeld commands that wait, over which clients are paused
   * @param suspect told why the topology may be outdated
   */
  Dispatch(
      EventLoop loop,
      LaneClock clock,
      LaneStats stats,
      long deadlineNanos,
      int maxHeld,
      Consumer<String> suspect,
      Nodes nodes) {
    this.loop = loop;
    this.clock = clock;
    this.stats = stats;
    this.deadlineNanos = deadlineNanos;
    this.maxHeld = maxHeld;
    this.suspect = suspect;
    this.nodes = nodes;
  }

  /** Who has the slot, as far as is known. */
  @Nullable LaneNode owner(int slot) {
    return owners[slot];
  }

  /** Who has slots in these parts; of none, who has the commands without keys. */
  Set<LaneNode> owners(long parts) {
    Set<LaneNode> all = new HashSet<>();
    for (int slot = 0; slot < Topology.SLOTS; slot++) {
      if ((parts >>> (slot / SLOTS_A_PART) & 1) != 0) {
        all.add(owners[slot]);
      }
    }
    if (parts == 0) {
      all.add(owners[KEYLESS]);
    }
    all.remove(null);
    return all;
  }

  /** The slot has this owner now, or none. */
  void own(int slot, @Nullable LaneNode owner) {
    if (owners[slot] != owner) {
      owners[slot] = owner;
      if (underWay[slot] > 0) {
        hold(slot);
      }
    }
  }

  /** The topology has changed: who waits for that need wait no longer. */
  void hurry() {
    long now = clock.nowNanos();
    holds.values().forEach(hold -> hold.hurry(now));
    settleAll();
  }

  /** Keys turn out to be spread: what waits was sent before that was known, and is sent anew. */
  void spread() {
    Hold hold = holds.remove(0);
    for (Attempt next = hold == null ? null : hold.poll();
        next != null;
        next = hold == null ? null : hold.poll()) {
      held--;
      next.sendAnew();
    }
    makeRoom();
  }

  boolean isHeld(int slot) {
    return !holds.isEmpty() && holds.containsKey(slot);
  }

  boolean isHolding() {
    return !holds.isEmpty();
  }

  boolean isFull() {
    return held >= maxHeld;
  }

  void whenRoom(Runnable resume) {
    waitingForRoom.add(resume);
  }

  /** One that is to be filled with its command and sent. */
  Attempt attempt(ClusterLink link, int slot, ReplySlot to) {
    Attempt attempt = free.pollLast();
    if (attempt == null) {
      attempt = new Attempt(this);
    }
    attempt.begin(link, slot, ++orders, to);
    return attempt;
  }

  void recycle(Attempt attempt) {
    attempt.clear();
    if (free.size() < MAX_FREE) {
      free.addLast(attempt);
    }
  }

  void send(Attempt attempt) {
    Hold hold = holds.isEmpty() ? null : holds.get(attempt.slot);
    if (hold != null) {
      keep(hold, attempt);
      return;
    }
    underWay[attempt.slot]++;
    LaneNode owner = owners[attempt.slot];
    if (owner == null) {
      returned(attempt, NO_OWNER);
    } else {
      attempt.send(owner);
    }
  }

  /** It has been answered: those of its slot that were sent before it are too late. */
  void landed(Attempt attempt) {
    int slot = attempt.slot;
    long order = attempt.order;
    underWay[slot]--;
    recycle(attempt);
    if (!holds.isEmpty()) {
      Hold hold = holds.get(slot);
      if (hold != null) {
        outrun(hold, order);
        settle(hold);
      }
    }
  }

  private void outrun(Hold hold, long order) {
    for (Attempt first = hold.first(); first != null && first.order < order; first = hold.first()) {
      hold.poll();
      letGo(first);
    }
  }

  private void letGo(Attempt attempt) {
    held--;
    byte[] why = attempt.why;
    attempt.giveUp(why == null ? ErrorReplies.NOT_SENT : why);
  }

  /** Whether this error means that the command was not run, and is tried again. */
  boolean takesBack(Attempt attempt, byte[] error) {
    if (error.length < 5 || "MATCLR".indexOf(error[1]) < 0) {
      return false;
    }
    String text = new String(error, StandardCharsets.UTF_8);
    Redirect redirect = Redirect.of(text);
    if (redirect != null) {
      return redirected(attempt, redirect);
    }
    boolean isTemporary =
        text.startsWith("-TRYAGAIN")
            || text.startsWith("-CLUSTERDOWN")
            || text.startsWith("-LOADING")
            || text.startsWith("-MASTERDOWN")
            || text.startsWith("-READONLY");
    if (!isTemporary || isOver(attempt)) {
      return false;
    }
    if (!text.startsWith("-TRYAGAIN")) {
      suspect.accept(text.trim());
    }
    returned(attempt, error);
    return true;
  }

  /** The same of one that its connection failed, or that may be run twice. */
  boolean takesBackFailed(Attempt attempt, byte[] reason) {
    boolean isLost = reason == ErrorReplies.CONNECTION_LOST;
    boolean isTemporary =
        ErrorReplies.isOwn(reason)
            || Arrays.mismatch(reason, Replies.ascii("-LOADING")) == "-LOADING".length();
    if (isTemporary) {
      suspect.accept(isLost ? "a connection was lost" : "a node cannot be reached");
    }
    if (!isTemporary || isOver(attempt) || (isLost && !attempt.link().onlyReads(attempt))) {
      return false;
    }
    returned(attempt, reason);
    return true;
  }

  private boolean isOver(Attempt attempt) {
    return attempt.deadlineNanos != 0 && attempt.deadlineNanos - clock.nowNanos() <= 0;
  }

  private boolean redirected(Attempt attempt, Redirect redirect) {
    stats.redirects++;
    if (attempt.redirects++ >= MAX_REDIRECTS) {
      returnedFor(attempt, TOO_MANY_REDIRECTS);
      return true;
    }
    attempt.link().untracked(attempt);
    LaneNode there = nodes.at(redirect.node(), attempt.node());
    if (!redirect.isForGood()) {
      attempt.link().sendAhead(there, ASKING);
      attempt.send(there);
      return true;
    }
    suspect.accept("MOVED");
    attempt.link().moved();
    int moved = redirect.slot();
    if (moved >= 0 && moved < Topology.SLOTS) {
      owners[moved] = there;
      if (underWay[moved] > (moved == attempt.slot ? 1 : 0)) {
        hold(moved);
      }
    }
    Hold hold = holds.get(attempt.slot);
    Attempt first = hold == null ? null : hold.first();
    if (hold != null && first != null && first.order < attempt.order) {
      underWay[attempt.slot]--;
      keep(hold, attempt);
      settle(hold);
    } else {
      attempt.send(there);
    }
    return true;
  }

  /** The nodes disagree: it waits until they may have come to terms. */
  private void returnedFor(Attempt attempt, byte[] why) {
    attempt.redirects = 0;
    if (isOver(attempt)) {
      underWay[attempt.slot]--;
      attempt.giveUp(why);
    } else {
      returned(attempt, why);
    }
  }

  /** It was not run, and waits for better times in its place. */
  private void returned(Attempt attempt, byte[] why) {
    stats.retries++;
    attempt.why = why;
    attempt.link().untracked(attempt);
    underWay[attempt.slot]--;
    Hold hold = hold(attempt.slot);
    if (hold.isDue(clock.nowNanos())) {
      hold.waitAfter(null, clock.nowNanos());
    }
    keep(hold, attempt);
  }

  private Hold hold(int slot) {
    Hold hold = holds.get(slot);
    if (hold == null) {
      hold = new Hold(slot, clock.nowNanos());
      holds.put(slot, hold);
      tickLater();
    }
    return hold;
  }

  private void keep(Hold hold, Attempt attempt) {
    if (attempt.deadlineNanos == 0) {
      attempt.deadlineNanos = clock.nowNanos() + deadlineNanos;
    }
    held++;
    hold.add(attempt);
  }

  private void tickLater() {
    if (!ticking) {
      ticking = true;
      loop.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    ticking = false;
    clock.refresh();
    long now = clock.nowNanos();
    for (Hold hold : List.copyOf(holds.values())) {
      for (Attempt late = hold.pollOverdue(now); late != null; late = hold.pollOverdue(now)) {
        letGo(late);
      }
    }
    settleAll();
    if (!holds.isEmpty()) {
      tickLater();
    }
  }

  private void settleAll() {
    for (Hold hold : new ArrayList<>(holds.values())) {
      settle(hold);
    }
    makeRoom();
  }

  /** Lets what it holds go on, if nothing of its slot is under way and its time has come. */
  private void settle(Hold hold) {
    if (underWay[hold.slot] > 0 || !hold.isDue(clock.nowNanos()) || holds.get(hold.slot) != hold) {
      return;
    }
    holds.remove(hold.slot);
    for (Attempt next = hold.poll(); next != null; next = hold.poll()) {
      held--;
      send(next);
    }
    Hold again = holds.get(hold.slot);
    if (again != null) {
      again.waitAfter(hold, clock.nowNanos());
    }
    makeRoom();
  }

  private void makeRoom() {
    for (int left = waitingForRoom.size(); left > 0 && !isFull(); left--) {
      waitingForRoom.remove().run();
    }
  }
}
