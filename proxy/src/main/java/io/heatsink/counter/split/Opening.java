package io.heatsink.counter.split;

import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Names;
import io.heatsink.counter.shard.Shape;
import io.heatsink.counter.shard.Split;
import io.heatsink.metrics.LaneStats;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Splits a counter, step by step. Confined to its event loop. */
public final class Opening {

  /*
   * List it; open an epoch in its slot; make the shards; say in its slot that they count. Until the
   * last step all that is counted is counted in the counter's own key, so whoever dies before it
   * leaves nothing but an opening, which anybody may abort, and empty shards. Whoever finds an old
   * one does so: its counter would stay whole as long as it is counted on, since that renews the
   * lease by which the sweep goes. By whose clock it is old does not matter: an opening that is
   * aborted too early is begun again.
   */

  private static final byte[] UNKNOWN = Calls.text("-HEATSINK");
  private static final byte[] LATE = Calls.text("-HEATSINKLATE");
  private static final long OLD_SECONDS = 3;

  private final Upstream to;
  private final LaneStats stats;
  private final byte[] key;
  private final Shape shape;
  private final long leaseMillis;
  private final Consumer<@Nullable Split> done;

  private Opening(
      Upstream to,
      LaneStats stats,
      byte[] key,
      Shape shape,
      long leaseMillis,
      Consumer<@Nullable Split> done) {
    this.to = to;
    this.stats = stats;
    this.key = key;
    this.shape = shape;
    this.leaseMillis = leaseMillis;
    this.done = done;
  }

  /** {@code done} gets how it is split, or null where that could not be, or somebody else does. */
  public static void split(
      Upstream to,
      LaneStats stats,
      byte[] key,
      Shape shape,
      long leaseMillis,
      Consumer<@Nullable Split> done) {
    new Opening(to, stats, key, shape, leaseMillis, done).enrol();
  }

  /** Makes the lease of a split counter longer. */
  public static void renew(Upstream to, Split split, long leaseMillis) {
    Directory.enrol(to, split.key(), split.shape(), leaseMillis, unused -> {});
  }

  private void enrol() {
    Directory.enrol(to, key, shape, leaseMillis, this::enrolled);
  }

  private void enrolled(WholeReply reply) {
    byte[] other = reply.isBulk() ? reply.bulk() : null;
    if (other == null) {
      done.accept(null);
    } else if (other.length > 0) {
      // Of another shape: whatever is left of that goes first, and then somebody may try again.
      Folding.settle(to, stats, new Directory.Entry(key, other), unused -> done.accept(null));
    } else {
      Failpoint.ENROLLED.reached();
      Calls.run(
          to,
          Script.OPEN,
          Names.base(key),
          List.of(
              Calls.number(shape.shards()),
              shape.name().getBytes(StandardCharsets.UTF_8),
              Calls.number(Standing.VERSION)),
          this::opened);
    }
  }

  private void opened(WholeReply reply) {
    if (reply.begins(LATE)) {
      Standing.look(to, key, this::late);
      return;
    }
    if (!reply.isArray()) {
      done.accept(null);
      return;
    }
    Failpoint.OPENED.reached();
    List<byte @Nullable []> values = reply.bulks();
    byte[] epoch = Objects.requireNonNull(values.get(0));
    byte[] expiry = Objects.requireNonNull(values.get(1));
    Split split = new Split(key, Standing.number(epoch), shape);
    Calls.Parts parts =
        new Calls.Parts(shape.shards(), replies -> initialised(split, epoch, expiry, replies));
    for (int i = 0; i < shape.shards(); i++) {
      Consumer<WholeReply> part = parts.part(i);
      Calls.run(
          to,
          Script.INIT,
          List.of(split.shard(i)),
          List.of(epoch, expiry),
          made -> {
            Failpoint.INITIALISED_SOME.reached();
            part.accept(made);
          });
    }
  }

  private void initialised(Split split, byte[] epoch, byte[] expiry, List<WholeReply> replies) {
    if (Calls.Parts.error(replies, new byte[] {0}) != null) {
      abort(split);
      return;
    }
    Failpoint.INITIALISED.reached();
    Calls.run(
        to,
        Script.ACTIVATE,
        Names.base(key),
        List.of(epoch, expiry),
        reply -> {
          if (reply.isInteger()) {
            Failpoint.ACTIVATED.reached();
            stats.splits++;
            stats.shardsMade += shape.shards();
            // Again, in case somebody who tidied up has just taken it off the list.
            Directory.enrol(to, key, shape, leaseMillis, unused -> {});
            done.accept(split);
          } else if (reply.begins(UNKNOWN)) {
            abort(split);
          } else {
            // Perhaps it was: whoever looks next will see.
            done.accept(null);
          }
        });
  }

  /** Somebody else has opened it, or was about to. */
  private void late(Standing now) {
    Split of = now.split();
    if (of != null && now.isOpening() && of.ageSeconds() >= OLD_SECONDS) {
      abort(of);
    } else {
      done.accept(null);
    }
  }

  private void abort(Split split) {
    Folding.abort(to, stats, split, unused -> done.accept(null));
  }
}
