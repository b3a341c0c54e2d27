package io.heatsink.counter.split;

import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Names;
import io.heatsink.counter.shard.Split;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Replies;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a split counter's own key up to date, for those who read it without Heatsink. Confined to
 * its event loop.
 */
final class Keeping {

  /*
   * The head tells how much of what the shards hold is in the base ("kept"), and both change in one
   * step; so the total is base - kept + shards, whatever was kept, and however old the reading was
   * that it came from. Therefore nothing that happens here can lose or double a count.
   *
   * That the base does not go back either: each step names how many there were before it. Two who
   * have seen the same number cannot both have their way, and who has seen the next one has read
   * the shards after the step that made it.
   */

  private static final byte[] HMGET = Replies.ascii("HMGET");
  private static final byte[] EPOCH = Replies.ascii("e");
  private static final byte[] AMOUNT = Replies.ascii("n");

  private final Upstream to;
  private final LaneStats stats;
  private final Split split;
  private final Standing now;
  private final Runnable done;

  private Keeping(Upstream to, LaneStats stats, Split split, Standing now, Runnable done) {
    this.to = to;
    this.stats = stats;
    this.split = split;
    this.now = now;
    this.done = done;
  }

  /** Does it if it is split; {@code done} is called whatever came of it. */
  static void keep(Upstream to, LaneStats stats, byte[] key, Runnable done) {
    Standing.look(
        to,
        key,
        now -> {
          Split live = now.live();
          if (live == null) {
            done.run();
          } else {
            new Keeping(to, stats, live, now, done).read();
          }
        });
  }

  private void read() {
    Calls.Parts parts = new Calls.Parts(split.shape().shards(), this::read);
    for (int i = 0; i < split.shape().shards(); i++) {
      byte[] ask = Replies.request(HMGET, split.shard(i), EPOCH, AMOUNT);
      to.send(ask, WholeReply.then(parts.part(i)));
    }
  }

  private void read(List<WholeReply> replies) {
    long sum = 0;
    boolean isWhole = true;
    for (WholeReply reply : replies) {
      List<byte @Nullable []> values = reply.isArray() ? reply.bulks() : List.of();
      isWhole &= values.size() == 2 && Standing.number(values.get(0)) == split.epoch();
      sum += isWhole ? Standing.number(values.get(1)) : 0;
    }
    if (isWhole && sum != now.kept()) {
      write(sum);
    } else {
      done.run();
    }
  }

  private void write(long sum) {
    Calls.run(
        to,
        Script.KEEP,
        Names.base(split.key()),
        List.of(
            Calls.number(split.epoch()),
            Calls.number(now.keeps()),
            Calls.number(sum - now.kept()),
            Calls.number(sum)),
        reply -> {
          Failpoint.KEPT.reached();
          stats.totalsKept += reply.isInteger() ? 1 : 0;
          done.run();
        });
  }
}
