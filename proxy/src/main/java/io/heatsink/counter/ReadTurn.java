package io.heatsink.counter;

import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Split;
import io.heatsink.counter.split.Gate;
import io.heatsink.counter.split.Gathering;
import io.heatsink.resp.Numbers;
import io.heatsink.resp.Replies;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One reading for all who asked for it. Confined to its event loop. */
final class ReadTurn extends Turn {

  private static final List<byte[]> NONE = List.of();
  private static final byte[] GET = Replies.ascii("GET");

  private final List<Counter.Reader> readers = new ArrayList<>();
  private @Nullable WholeReply error;
  private byte @Nullable [] value;
  private @Nullable Long total;
  private long readAt;
  private long sentAt;

  ReadTurn(Counter counter) {
    super(counter);
  }

  void join(Counter.Reader reader) {
    readers.add(reader);
  }

  @Override
  void send() {
    Counter counter = counter();
    Split split = counter.split();
    total = null;
    if (split != null) {
      gather(split);
      return;
    }
    Gate.run(
        counter.upstream(),
        List.of(counter.key()),
        NONE,
        List.of(GET, counter.key()),
        counter::disturbed,
        reply -> {
          if (Gate.split(reply) >= 0) {
            counter.cameBack(this);
          } else if (reply.isBulk()) {
            value = reply.bulk();
            finish();
          } else {
            fail(reply);
          }
        });
  }

  private void gather(Split split) {
    Counter counter = counter();
    long disturbances = counter.disturbances();
    sentAt = counter.nextSend();
    boolean exact = counter.policy().reply() == SplitPolicy.Reply.EXACT;
    Gathering.gather(
        counter.upstream(),
        counter.stats(),
        split,
        exact,
        new Gathering.Taker() {
          @Override
          public void total(long sum) {
            total = sum;
            readAt = disturbances;
            finish();
          }

          @Override
          public void moved() {
            counter.cameBack(ReadTurn.this);
          }

          @Override
          public void failed(WholeReply why) {
            fail(why);
          }
        });
  }

  @Override
  boolean isOutdated() {
    return error == null && total != null && readAt != counter().disturbances();
  }

  @Override
  void fail(WholeReply why) {
    error = why;
    finish();
  }

  @Override
  void land() {
    WholeReply failed = error;
    Long sum = total;
    if (failed != null) {
      readers.forEach(reader -> reader.error(failed));
      return;
    }
    byte[] found = sum == null ? value : Numbers.ascii(counter().found(sum, sentAt));
    readers.forEach(reader -> reader.value(found));
  }
}
