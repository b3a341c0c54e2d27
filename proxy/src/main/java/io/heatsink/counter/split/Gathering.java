package io.heatsink.counter.split;

import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Names;
import io.heatsink.counter.shard.Split;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Replies;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads all of a split counter. Confined to its event loop. */
public final class Gathering {

  /*
   * What the counter's slot says and what its shards say is asked for at once. If the head is of
   * the epoch that the shards are of, it tells how much of theirs was in the base when that was
   * read, so the sum counts everything once; otherwise it is no sum of anything and nobody sees it.
   *
   * As long as all that was ever added to these shards came in ones, such a sum was the total at
   * some moment meanwhile, since the total took every value between. That is asked for again when
   * all parts are known: what came by another step after its shard was read would be missed, and a
   * one that came after it seen. Where it is not so, "exact" reads until two readings are the same;
   * if that does not come about it has the counter folded.
   */

  /** Told the outcome, once. */
  public interface Taker {
    void total(long total);

    /** It is not split so any more. */
    void moved();

    void failed(WholeReply error);
  }

  /**
   * One reading: what the base has that no shard has, the amount of each shard, how often it was
   * changed by others than ones.
   */
  private record Reading(long own, long[] amounts, long[] changes) {

    long total() {
      return own + Arrays.stream(amounts).sum();
    }

    boolean isOnes() {
      return Arrays.stream(changes).allMatch(count -> count == 0);
    }

    boolean isSame(@Nullable Reading other) {
      return other != null
          && own == other.own
          && Arrays.equals(amounts, other.amounts)
          && Arrays.equals(changes, other.changes);
    }
  }

  private static final byte[] HMGET = Replies.ascii("HMGET");
  private static final byte[] EPOCH = Replies.ascii("e");
  private static final byte[] AMOUNT = Replies.ascii("n");
  private static final byte[] CHANGES = Replies.ascii("u");
  private static final int MAX_READINGS = 4;

  private final Upstream to;
  private final LaneStats stats;
  private final Split split;
  private final boolean exact;
  private final Taker taker;
  private @Nullable Reading before;
  private int readings;

  private Gathering(Upstream to, LaneStats stats, Split split, boolean exact, Taker taker) {
    this.to = to;
    this.stats = stats;
    this.split = split;
    this.exact = exact;
    this.taker = taker;
  }

  /** Reads it all; {@code exact} for a total that it had at one moment since this was called. */
  public static void gather(Upstream to, LaneStats stats, Split split, boolean exact, Taker taker) {
    new Gathering(to, stats, split, exact, taker).read();
  }

  private void read() {
    int shards = split.shape().shards();
    Calls.Parts parts = new Calls.Parts(shards + 1, this::read);
    Calls.run(to, Script.LOOK, Names.base(split.key()), List.of(), parts.part(shards));
    for (int i = 0; i < shards; i++) {
      byte[] ask = Replies.request(HMGET, split.shard(i), EPOCH, AMOUNT, CHANGES);
      to.send(ask, WholeReply.then(parts.part(i)));
    }
  }

  private void read(List<WholeReply> replies) {
    WholeReply error = Calls.Parts.error(replies, new byte[] {0});
    int shards = split.shape().shards();
    Standing now = Standing.read(split.key(), replies.get(shards));
    Split live = now.live();
    if (now.error() != null) {
      taker.failed(now.error());
    } else if (error != null) {
      taker.failed(error);
    } else if (live == null || live.epoch() != split.epoch()) {
      taker.moved();
    } else if (now.base() != null && !Standing.isNumber(now.base())) {
      taker.failed(Standing.noNumber(split.key()));
    } else {
      Reading reading = reading(now.own(), replies);
      if (reading == null) {
        taker.moved();
      } else {
        judge(reading);
      }
    }
  }

  /** Null where a shard is not of this epoch. */
  private @Nullable Reading reading(long own, List<WholeReply> replies) {
    long[] amounts = new long[split.shape().shards()];
    long[] changes = new long[amounts.length];
    for (int i = 0; i < amounts.length; i++) {
      List<byte @Nullable []> values = replies.get(i).bulks();
      if (Standing.number(values.get(0)) != split.epoch()) {
        return null;
      }
      amounts[i] = Standing.number(values.get(1));
      changes[i] = Standing.number(values.get(2));
    }
    return new Reading(own, amounts, changes);
  }

  private void judge(Reading reading) {
    if (!exact || reading.isSame(before)) {
      taker.total(reading.total());
    } else if (before == null && reading.isOnes()) {
      verify(reading);
    } else {
      again(reading);
    }
  }

  /** Whether nothing but ones had come by the time that the last part was read. */
  private void verify(Reading reading) {
    int shards = split.shape().shards();
    Calls.Parts parts = new Calls.Parts(shards, replies -> verified(reading, replies));
    for (int i = 0; i < shards; i++) {
      byte[] ask = Replies.request(HMGET, split.shard(i), EPOCH, CHANGES);
      to.send(ask, WholeReply.then(parts.part(i)));
    }
  }

  private void verified(Reading reading, List<WholeReply> replies) {
    WholeReply error = Calls.Parts.error(replies, new byte[] {0});
    if (error != null) {
      taker.failed(error);
      return;
    }
    boolean isOnes = true;
    for (WholeReply reply : replies) {
      List<byte @Nullable []> values = reply.bulks();
      if (Standing.number(values.get(0)) != split.epoch()) {
        taker.moved();
        return;
      }
      isOnes &= Standing.number(values.get(1)) == 0;
    }
    if (isOnes) {
      taker.total(reading.total());
    } else {
      again(reading);
    }
  }

  private void again(Reading reading) {
    if (++readings < MAX_READINGS) {
      before = reading;
      read();
    } else {
      Folding.fold(
          to,
          stats,
          split.key(),
          error -> {
            if (error == null) {
              taker.moved();
            } else {
              taker.failed(Objects.requireNonNull(error));
            }
          });
    }
  }
}
