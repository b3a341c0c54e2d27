package io.heatsink.counter;

import io.heatsink.command.Client;
import io.heatsink.command.Place;
import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Split;
import io.heatsink.counter.split.Folding;
import io.heatsink.counter.split.Opening;
import io.heatsink.counter.split.Standing;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Numbers;
import io.heatsink.resp.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One counter that a pattern allows to be split, as it is known on one connection upstream.
 *
 * <p>Confined to its event loop.
 */
final class Counter {

  /*
   * Increments and reads are shared by all who come while one of their kind is on the wire,
   * and may be under way side by side; they are sent, and answered, in the order they came.
   * So the total that is shown is what the latest reading found and what was counted here
   * since: an increment that was sent before the reading is in it (one slot, one order) and
   * was answered before it, and one that was sent after it is not, and is added when it is
   * answered. A reading that is done again may be sent after what is answered after it, and then
   * has that in it: so both have numbers by when they were sent.
   *
   * Whether the counter is split is only ever believed here. Each step names what it believes, and
   * where that is not so it does nothing and comes back; then it is looked up, and the steps that
   * came back are sent again in their order. A reading that was sent before one of them and is
   * answered after it lacks it, and is done again.
   */

  private static final WholeReply RESTLESS =
      WholeReply.of(
          Replies.error("TRYAGAIN Heatsink: the counter is split and folded without a rest"));
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Upstream upstream;
  private final LaneStats stats;
  private final byte[] key;
  private final SplitPolicy policy;
  private final Heat heat;
  private final List<Turn> turns = new ArrayList<>();
  private @Nullable Split split;
  private boolean pumping;
  private boolean pumpAgain;
  private boolean learning;
  private boolean opening;
  private long openNotBeforeNanos;
  private int nextShard;
  private long disturbances;
  private boolean isTotalKnown;
  private long total;
  private long totalAt;
  private long sends;
  private long gatheredNanos;
  private long usedNanos;
  private long renewedNanos;
  private boolean isWanted;

  /** What is known of the time, and of how hot a counter is. */
  interface Heat {
    long nowNanos();

    boolean isHot();
  }

  Counter(Upstream upstream, LaneStats stats, byte[] key, SplitPolicy policy, Heat heat) {
    this.upstream = upstream;
    this.stats = stats;
    this.key = key;
    this.policy = policy;
    this.heat = heat;
    this.usedNanos = heat.nowNanos();
    this.gatheredNanos = usedNanos;
    this.openNotBeforeNanos = usedNanos;
  }

  Upstream upstream() {
    return upstream;
  }

  LaneStats stats() {
    return stats;
  }

  byte[] key() {
    return key;
  }

  SplitPolicy policy() {
    return policy;
  }

  /** How it is believed to be split; null if it is not. */
  @Nullable Split split() {
    return split;
  }

  /** Which shard an increment goes to: each in turn. */
  int shard(Split of) {
    nextShard = (nextShard + 1) % of.shape().shards();
    return nextShard;
  }

  /** Takes an increment, to be combined with others. */
  void increment(Client client, Place place, int kind, long delta) {
    IncrementTurn turn = null;
    for (int i = turns.size() - 1; i >= 0 && turn == null; i--) {
      Turn each = turns.get(i);
      if (each instanceof IncrementTurn gathering && gathering.takes(delta)) {
        turn = gathering;
      } else if (each.isExclusive() || each.has(client)) {
        break;
      }
    }
    if (turn == null) {
      turn = new IncrementTurn(this);
      turns.add(turn);
    }
    turn.join(client, place, kind, delta);
    admit(client, turn, false);
  }

  /** Takes a read; {@code isForced} to have it leave at once. */
  void read(Client client, Reader reader, boolean isForced) {
    if (isFresh() && readHere(reader)) {
      return;
    }
    ReadTurn turn = null;
    for (int i = turns.size() - 1; i >= 0 && turn == null; i--) {
      Turn each = turns.get(i);
      if (each instanceof ReadTurn gathering && !gathering.wasSent()) {
        turn = gathering;
      } else if (each.isExclusive() || each.has(client)) {
        break;
      }
    }
    if (turn == null) {
      turn = new ReadTurn(this);
      turns.add(turn);
    }
    turn.join(reader);
    admit(client, turn, isForced);
  }

  /** Answers with what is known here, once the increments under way have been answered. */
  private boolean readHere(Reader reader) {
    Turn latest = turns.isEmpty() ? null : turns.get(turns.size() - 1);
    if (latest == null) {
      reader.value(Numbers.ascii(total));
      return true;
    }
    for (int i = turns.size() - 1; i >= 0; i--) {
      Turn each = turns.get(i);
      if (each.isExclusive()) {
        return false;
      }
      if (each instanceof IncrementTurn increments) {
        increments.ride(reader);
        return true;
      }
    }
    return false;
  }

  /** A read whose increment has failed. */
  void readAgain(Reader reader) {
    ReadTurn turn = new ReadTurn(this);
    turn.join(reader);
    turns.add(turn);
    pump();
  }

  /** Takes a command that has to find all of the counter in its own key. */
  void command(Client client, CommandTurn turn) {
    turns.add(turn);
    admit(client, turn, true);
  }

  private void admit(Client client, Turn turn, boolean isForced) {
    usedNanos = heat.nowNanos();
    turn.joined(client);
    if (isForced) {
      turn.force();
    }
    pump();
    if (!turn.isDone() && (turn.isExclusive() || !turn.isSent())) {
      client.defer(turn);
    }
  }

  /** Whether what has not been sent has to wait. */
  boolean isHeldUp() {
    return learning || turns.stream().anyMatch(Turn::isExclusive);
  }

  /** Answers what can be answered, and sends what can be sent. */
  void pump() {
    if (pumping) {
      pumpAgain = true;
      return;
    }
    pumping = true;
    do {
      pumpAgain = false;
      while (!turns.isEmpty() && turns.get(0).isDone()) {
        Turn first = turns.get(0);
        if (first.isOutdated()) {
          first.redo();
          break;
        }
        turns.remove(0);
        first.land();
      }
      sendAll();
    } while (pumpAgain);
    pumping = false;
  }

  private void sendAll() {
    boolean increments = false;
    boolean reads = false;
    int forced = lastForced();
    for (int i = 0; i < turns.size() && !learning; i++) {
      Turn turn = turns.get(i);
      if (turn.isExclusive()) {
        if (i == 0 && !turn.wasSent()) {
          turn.begin();
        }
        return;
      }
      boolean isIncrement = turn instanceof IncrementTurn;
      boolean isBusy = isIncrement ? increments : reads;
      if (!turn.wasSent() && isBusy && i > forced) {
        // What comes after it is not sent before it: a reading would lack it.
        return;
      }
      if (!turn.isDone() && !turn.isSent()) {
        turn.begin();
      }
      increments |= isIncrement && !turn.isDone();
      reads |= !isIncrement && !turn.isDone();
    }
  }

  /** Whoever is behind it must not wait either. */
  private int lastForced() {
    int last = turns.size() - 1;
    while (last >= 0 && !turns.get(last).isForced()) {
      last--;
    }
    return isSerial() ? -1 : last;
  }

  /** Whether each number is given once, as far as this sidecar counts alone. */
  boolean isSerial() {
    return policy.reply() == SplitPolicy.Reply.EXACT;
  }

  /** It did nothing, because the counter is not as it was believed. */
  void cameBack(Turn turn) {
    disturbed();
    if (turn.comeBack()) {
      learn();
    } else {
      turn.fail(RESTLESS);
    }
  }

  private void learn() {
    if (learning) {
      return;
    }
    learning = true;
    Standing.look(
        upstream,
        key,
        now -> {
          WholeReply error = now.error();
          Split live = now.live();
          Split before = split;
          if (error == null && live != null && before != null && live.epoch() == before.epoch()) {
            // A shard takes no more: somebody is folding it, or it is full, or was lost.
            Folding.fold(upstream, stats, key, failed -> learned(failed, null));
          } else {
            learned(error, live);
          }
        });
  }

  private void learned(@Nullable WholeReply error, @Nullable Split now) {
    learning = false;
    if (error == null) {
      split = now;
      isTotalKnown = false;
    } else {
      for (Turn turn : List.copyOf(turns)) {
        if (turn.hasComeBack()) {
          turn.fail(error);
        }
      }
    }
    pump();
  }

  /** All of it is in its own key. */
  void isWhole() {
    split = null;
    isTotalKnown = false;
  }

  /** A step was sent a second time, behind others. */
  void disturbed() {
    disturbances++;
  }

  long disturbances() {
    return disturbances;
  }

  /** Whether the total is known well enough to be shown. */
  boolean isFresh() {
    return isTotalKnown
        && split != null
        && policy.reply() != SplitPolicy.Reply.EXACT
        && heat.nowNanos() - gatheredNanos < policy.freshnessNanos();
  }

  /** Tells what is sent now from what was sent before it. */
  long nextSend() {
    return ++sends;
  }

  /** A reading has found this total; one that was sent later knows better. */
  long found(long sum, long sentAt) {
    if (!isTotalKnown || sentAt > totalAt) {
      total = sum;
      totalAt = sentAt;
      isTotalKnown = true;
      gatheredNanos = heat.nowNanos();
    }
    return total;
  }

  /** So much more has been counted here; a reading that was sent later has it in its total. */
  long counted(long sum, long sentAt) {
    if (sentAt > totalAt) {
      total += sum;
    }
    return total;
  }

  /** An increment of the counter's own key has been answered: perhaps it is to be split. */
  void incremented() {
    isWanted = true;
    long now = heat.nowNanos();
    if (opening || split != null || now - openNotBeforeNanos < 0) {
      return;
    }
    if (policy.always() || heat.isHot()) {
      opening = true;
      Opening.split(upstream, stats, key, policy.shape(), policy.foldAfterMillis(), this::opened);
    }
  }

  private void opened(@Nullable Split now) {
    opening = false;
    if (now == null) {
      openNotBeforeNanos = heat.nowNanos() + RETRY_NANOS;
    } else if (split == null && !learning) {
      split = now;
      isTotalKnown = false;
    }
    renewedNanos = heat.nowNanos();
  }

  /** Somebody has counted here. */
  void used() {
    isWanted = true;
  }

  /** Makes the lease longer while it is wanted; true if this has not been used for long. */
  boolean sweep() {
    long now = heat.nowNanos();
    Split of = split;
    long third = TimeUnit.MILLISECONDS.toNanos(policy.foldAfterMillis()) / 3;
    if (of != null && isWanted && now - renewedNanos > third && (policy.always() || heat.isHot())) {
      renewedNanos = now;
      isWanted = false;
      Opening.renew(upstream, of, policy.foldAfterMillis());
    }
    if (of != null && now - usedNanos < LOOK_NANOS && now - gatheredNanos > LOOK_NANOS) {
      verify(of);
    }
    return turns.isEmpty() && !opening && !learning && now - usedNanos > 3 * third;
  }

  /** Nobody reads here, so nobody would notice that the head was lost in a failover. */
  private void verify(Split believed) {
    Standing.look(
        upstream,
        key,
        now -> {
          Split live = now.live();
          Split still = split;
          boolean isAnother = live == null || live.epoch() != believed.epoch();
          boolean isBelieved = still != null && still.epoch() == believed.epoch();
          if (now.error() == null && isAnother && isBelieved) {
            split = live;
            isTotalKnown = false;
          }
        });
  }

  boolean isIdle() {
    return turns.isEmpty() && !opening && !learning;
  }

  /** Who wants to know the counter's value. */
  interface Reader {
    /** Null for nil. */
    void value(byte @Nullable [] value);

    void error(WholeReply error);
  }
}
