package io.heatsink.counter.split;

import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Names;
import io.heatsink.counter.shard.Shape;
import io.heatsink.counter.shard.Split;
import io.heatsink.metrics.LaneStats;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a split counter together again, step by step. Confined to its event loop. */
public final class Folding {

  /*
   * Seal every shard, which fixes its amount; add all amounts to the counter's own key and take
   * the head away, in one step; remove the shards; take it off the list. Each step does nothing
   * where it has been done, so any number of sidecars may be at it, each from the start: all of
   * them find the same amounts, and one of them finds the head.
   */

  private static final Logger LOG = LoggerFactory.getLogger(Folding.class);
  private static final byte[] GONE = Calls.text("-HEATSINKGONE");
  private static final byte[] NO_NUMBER = Calls.text("-ERR value is not an integer");
  private static final byte[] WRONG_TYPE = Calls.text("-WRONGTYPE");

  private final Upstream to;
  private final LaneStats stats;
  private final Split split;
  private final Consumer<@Nullable WholeReply> done;

  private Folding(Upstream to, LaneStats stats, Split split, Consumer<@Nullable WholeReply> done) {
    this.to = to;
    this.stats = stats;
    this.split = split;
    this.done = done;
  }

  /**
   * Folds it if it is split; {@code done} gets why that could not be done, or null. When it is told
   * so, the counter's own key holds all of it.
   */
  public static void fold(
      Upstream to, LaneStats stats, byte[] key, Consumer<@Nullable WholeReply> done) {
    Standing.look(
        to,
        key,
        now -> {
          Split split = now.split();
          if (now.error() != null) {
            done.accept(now.error());
          } else if (split == null) {
            done.accept(null);
          } else if (now.isOpening()) {
            abort(to, stats, split, done);
          } else {
            new Folding(to, stats, split, done).seal();
          }
        });
  }

  /**
   * Folds one that is listed, and removes what was left of it; tells whether it is off the list.
   */
  static void settle(Upstream to, LaneStats stats, Directory.Entry entry, Consumer<Boolean> done) {
    Shape shape = entry.shape();
    if (shape == null) {
      done.accept(false);
      return;
    }
    fold(
        to,
        stats,
        entry.key(),
        error -> {
          if (error != null) {
            done.accept(false);
          } else {
            Standing.look(to, entry.key(), now -> remove(to, entry, shape, now, done));
          }
        });
  }

  /** Of what is over by what the counter's slot says. */
  private static void remove(
      Upstream to, Directory.Entry entry, Shape shape, Standing now, Consumer<Boolean> done) {
    if (now.error() != null || now.split() != null) {
      done.accept(false);
      return;
    }
    clean(
        to,
        new Split(entry.key(), now.floor(), shape),
        () -> Directory.leave(to, entry, reply -> done.accept(!reply.isError())));
  }

  /** Takes back what has not become a split yet. */
  static void abort(
      Upstream to, LaneStats stats, Split split, Consumer<@Nullable WholeReply> done) {
    Calls.run(
        to,
        Script.ABORT,
        Names.base(split.key()),
        List.of(Calls.number(split.epoch())),
        reply -> {
          if (reply.isError()) {
            done.accept(reply);
          } else if (reply.integer() == 0) {
            // It has become one meanwhile, or somebody else was faster.
            fold(to, stats, split.key(), done);
          } else {
            done.accept(null);
            clean(to, split, () -> leave(to, split));
          }
        });
  }

  private void seal() {
    Calls.Parts parts = new Calls.Parts(split.shape().shards(), this::sealed);
    for (int i = 0; i < split.shape().shards(); i++) {
      Consumer<WholeReply> part = parts.part(i);
      Calls.run(
          to,
          Script.SEAL,
          List.of(split.shard(i)),
          List.of(Calls.number(split.epoch())),
          reply -> {
            Failpoint.SEALED_SOME.reached();
            part.accept(reply);
          });
    }
  }

  private void sealed(List<WholeReply> replies) {
    WholeReply error = Calls.Parts.error(replies, GONE);
    if (error != null) {
      giveUp(error);
      return;
    }
    long sum = 0;
    int gone = 0;
    for (WholeReply reply : replies) {
      gone += reply.isError() ? 1 : 0;
      sum += reply.isError() ? 0 : Standing.number(reply.bulk());
    }
    Failpoint.SEALED.reached();
    long amount = sum;
    int lost = gone;
    if (gone == 0) {
      apply(amount);
    } else {
      Standing.look(to, split.key(), now -> missing(now, amount, lost));
    }
  }

  /** Shards go after the head has, so either this has been done or they were lost. */
  private void missing(Standing now, long amount, int lost) {
    Split live = now.live();
    WholeReply unknown = now.error();
    if (unknown != null) {
      giveUp(unknown);
    } else if (live == null || live.epoch() != split.epoch()) {
      done.accept(null);
    } else {
      LOG.warn(
          "{} shards of counter '{}' were lost: removed, evicted or expired",
          lost,
          new String(split.key(), StandardCharsets.UTF_8));
      apply(amount);
    }
  }

  private void giveUp(WholeReply why) {
    stats.foldsGivenUp++;
    done.accept(why);
  }

  private void apply(long amount) {
    Calls.run(
        to,
        Script.APPLY,
        Names.base(split.key()),
        List.of(Calls.number(split.epoch()), Calls.number(amount)),
        reply -> {
          if (reply.isError() && !reply.begins(GONE)) {
            boolean isUnfit = reply.begins(NO_NUMBER) || reply.begins(WRONG_TYPE);
            giveUp(isUnfit ? Standing.noNumber(split.key()) : reply);
            return;
          }
          Failpoint.APPLIED.reached();
          done.accept(null);
          if (!reply.isError()) {
            stats.splitsFolded++;
            stats.splitSecondsFolded += split.ageSeconds();
            clean(to, split, () -> leave(to, split));
          }
        });
  }

  private static void clean(Upstream to, Split split, Runnable then) {
    Calls.Parts parts =
        new Calls.Parts(
            split.shape().shards(),
            replies -> {
              if (Calls.Parts.error(replies, GONE) == null) {
                Failpoint.CLEANED.reached();
                then.run();
              }
            });
    for (int i = 0; i < split.shape().shards(); i++) {
      Calls.run(
          to,
          Script.CLEAN,
          List.of(split.shard(i)),
          List.of(Calls.number(split.epoch())),
          parts.part(i));
    }
  }

  /** Off the list, unless somebody has listed it anew. */
  private static void leave(Upstream to, Split split) {
    Directory.find(
        to,
        split.key(),
        entry ->
            Standing.look(
                to,
                split.key(),
                now -> {
                  if (now.error() == null && now.split() == null) {
                    Directory.leave(to, entry, reply -> Failpoint.LEFT.reached());
                  }
                }));
  }

  /** Folds those whose lease is over; called every now and then by everybody. */
  public static void sweep(Upstream to, LaneStats stats) {
    Directory.list(
        to, true, entries -> entries.forEach(entry -> settle(to, stats, entry, isOff -> {})));
  }

  /** Folds those that are wanted; {@code done} gets how many, and of how many. */
  public static void fold(
      Upstream to, LaneStats stats, Predicate<byte[]> wanted, BiConsumer<Long, Long> done) {
    Directory.list(
        to,
        false,
        entries -> {
          List<Directory.Entry> chosen =
              entries.stream().filter(entry -> wanted.test(entry.key())).toList();
          settle(to, stats, chosen, 0, 0, done);
        });
  }

  private static void settle(
      Upstream to,
      LaneStats stats,
      List<Directory.Entry> of,
      int at,
      long folded,
      BiConsumer<Long, Long> done) {
    if (at == of.size()) {
      done.accept(folded, (long) at);
    } else {
      settle(
          to,
          stats,
          of.get(at),
          isOff -> settle(to, stats, of, at + 1, folded + (isOff ? 1 : 0), done));
    }
  }
}
