package io.heatsink.counter;

import io.heatsink.command.Client;
import io.heatsink.command.ErrorReplies;
import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.combine.Increment;
import io.heatsink.counter.shard.Split;
import io.heatsink.counter.split.Gate;
import io.heatsink.counter.split.Gathering;
import io.heatsink.resp.Numbers;
import io.heatsink.resp.Replies;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Increments of one counter that travel as one: of its own key where it is not split, of a shard
 * where it is. Confined to its event loop.
 */
final class IncrementTurn extends Turn {

  private record Member(Place place, int kind, long delta) {}

  private static final int MAX_MEMBERS = 4096;
  private static final byte[] GET = Replies.ascii("GET");
  private static final WholeReply NO_TOTAL =
      WholeReply.of(
          Replies.error("ERR Heatsink: this was counted, but the total cannot be told now"));
  private static final byte[] OVERFLOW =
      Replies.ascii("-ERR increment or decrement would overflow");
  private static final byte[] NOT_PERMITTED = Replies.ascii("-NOPERM");

  private final List<Member> members = new ArrayList<>();
  private final List<Counter.Reader> riders = new ArrayList<>(0);
  private long sum;
  private boolean isOnes = true;

  /** It has been added to a shard: only what the total is may still be asked for. */
  private boolean added;

  private int awaited;
  private boolean isGone;
  private @Nullable Long gathered;
  private long readAt;
  private long addedAt;
  private long gatheredAt;
  private @Nullable Long after;
  private @Nullable WholeReply error;
  private boolean alone;

  IncrementTurn(Counter counter) {
    super(counter);
  }

  /** Whether a step of this sign may join. */
  boolean takes(long delta) {
    boolean sameSign = sum == 0 || delta == 0 || (sum > 0) == (delta > 0);
    return !wasSent() && sameSign && members.size() < MAX_MEMBERS;
  }

  void join(Client client, Place place, int kind, long delta) {
    members.add(new Member(place, kind, delta));
    sum += delta;
    isOnes &= delta == 1;
  }

  /** A read that is content with what is known here once this has been counted. */
  void ride(Counter.Reader reader) {
    riders.add(reader);
  }

  @Override
  void send() {
    Split split = counter().split();
    gathered = null;
    if (split == null) {
      sendWhole();
    } else if (added) {
      awaited = 1;
      gather(split);
    } else {
      sendToShard(split);
    }
  }

  private void sendWhole() {
    Counter counter = counter();
    if (added) {
      gatheredAt = counter.nextSend();
      run(List.of(GET, counter.key()), this::read);
      return;
    }
    List<byte[]> words =
        members.size() == 1 ? words(members.get(0)) : Increment.sum(counter.key(), sum);
    run(words, this::whole);
  }

  /** It was added to a shard, and the counter has been folded since. */
  private void read(WholeReply reply) {
    byte[] value = reply.isBulk() ? reply.bulk() : null;
    if (Gate.split(reply) >= 0) {
      counter().cameBack(this);
    } else if (value == null || !Numbers.isLong(Unpooled.wrappedBuffer(value), 0, value.length)) {
      fail(reply);
    } else {
      readAt = counter().disturbances();
      gathered = Numbers.parseLong(Unpooled.wrappedBuffer(value), 0, value.length);
      finish();
    }
  }

  private List<byte[]> words(Member member) {
    return Increment.words(member.kind(), counter().key(), member.delta());
  }

  private void run(List<byte[]> words, Consumer<WholeReply> then) {
    Counter counter = counter();
    Gate.run(
        counter.upstream(), List.of(counter.key()), List.of(), words, counter::disturbed, then);
  }

  private void whole(WholeReply reply) {
    if (Gate.split(reply) >= 0) {
      counter().cameBack(this);
    } else if (Gate.isNumber(reply)) {
      after = Gate.number(reply);
      finish();
    } else if (members.size() > 1 && (reply.begins(OVERFLOW) || reply.begins(NOT_PERMITTED))) {
      // Two errors speak of the sum alone; each member's own reply may be another.
      alone = true;
      awaited = members.size();
      for (Member member : members) {
        run(words(member), own -> ranAlone(member, own));
      }
    } else {
      fail(reply);
    }
  }

  private void ranAlone(Member member, WholeReply reply) {
    if (Gate.split(reply) >= 0) {
      member.place().complete(ErrorReplies.NOT_SENT);
    } else {
      Gate.settle(reply, member.place());
    }
    if (--awaited == 0) {
      finish();
    }
  }

  private void sendToShard(Split split) {
    Counter counter = counter();
    SplitPolicy.Reply mode = counter.policy().reply();
    boolean asks = mode == SplitPolicy.Reply.APPROXIMATE && !counter.isFresh();
    awaited = asks ? 2 : 1;
    addedAt = counter.nextSend();
    isGone = false;
    gathered = null;
    Gate.add(
        counter.upstream(),
        split,
        counter.shard(split),
        sum,
        isOnes,
        () -> {
          addedAt = counter.nextSend();
          counter.disturbed();
        },
        reply -> {
          isGone = Gate.isGone(reply);
          added = reply.isInteger();
          if (reply.isError() && !isGone) {
            error = reply;
          }
          if (mode == SplitPolicy.Reply.EXACT && added) {
            gather(split);
          } else {
            came();
          }
        });
    if (asks) {
      gather(split);
    }
  }

  private void gather(Split split) {
    Counter counter = counter();
    long disturbances = counter.disturbances();
    gatheredAt = counter.nextSend();
    boolean exact = counter.policy().reply() == SplitPolicy.Reply.EXACT;
    Gathering.gather(
        counter.upstream(),
        counter.stats(),
        split,
        exact,
        new Gathering.Taker() {
          @Override
          public void total(long total) {
            gathered = total;
            readAt = disturbances;
            came();
          }

          @Override
          public void moved() {
            isGone = true;
            came();
          }

          @Override
          public void failed(WholeReply why) {
            error = error == null ? why : error;
            came();
          }
        });
  }

  private void came() {
    if (--awaited > 0) {
      return;
    }
    if (error != null) {
      finish();
    } else if (isGone) {
      isGone = false;
      counter().cameBack(this);
    } else {
      finish();
    }
  }

  @Override
  boolean isOutdated() {
    // One that is exact was the only one under way, and its reading comes after it.
    boolean isBound = error == null && gathered != null && !counter().isSerial();
    return isBound && readAt != counter().disturbances();
  }

  @Override
  void fail(WholeReply why) {
    error = why;
    finish();
  }

  @Override
  void land() {
    Counter counter = counter();
    WholeReply failed = error;
    if (failed != null || alone) {
      if (failed != null) {
        WholeReply told = added && !failed.isFailed() ? NO_TOTAL : failed;
        members.forEach(member -> told.settle(member.place()));
      }
      riders.forEach(counter::readAgain);
      return;
    }
    Long whole = after;
    Long found = gathered;
    long total;
    if (whole != null) {
      total = whole;
      counter.incremented();
    } else {
      total = found == null ? counter.counted(sum, addedAt) : counter.found(found, gatheredAt);
      counter.used();
    }
    answer(total, whole != null);
    byte[] value = Numbers.ascii(total);
    riders.forEach(rider -> rider.value(value));
  }

  private void answer(long total, boolean isWhole) {
    SplitPolicy.Reply mode = isWhole ? SplitPolicy.Reply.APPROXIMATE : counter().policy().reply();
    long value = total - sum;
    for (Member member : members) {
      value += member.delta();
      member
          .place()
          .complete(
              switch (mode) {
                case OK -> Replies.OK;
                case EXACT -> Replies.integer(isOnes ? value : total);
                case APPROXIMATE -> Replies.integer(value);
              });
    }
  }
}
