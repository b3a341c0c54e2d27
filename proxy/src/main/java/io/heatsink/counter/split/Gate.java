package io.heatsink.counter.split;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.heatsink.command.Place;
import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Names;
import io.heatsink.counter.shard.Split;
import io.heatsink.resp.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What is done to counters only where they stand as the one who asks believes. Thread-safe. */
public final class Gate {

  private static final byte[] SPLIT = Replies.ascii("-HEATSINKSPLIT ");
  private static final byte[] GONE = Replies.ascii("-HEATSINKGONE ");

  private Gate() {}

  /**
   * Runs a command unless one of {@code counters} is split.
   *
   * @param others the command's keys that are no such counters
   */
  public static void run(
      Upstream to,
      List<byte[]> counters,
      List<byte[]> others,
      List<byte[]> command,
      Runnable again,
      Consumer<WholeReply> then) {
    List<byte[]> keys = new ArrayList<>();
    counters.forEach(key -> keys.add(Names.head(key)));
    keys.addAll(counters);
    keys.addAll(others);
    List<byte[]> args = new ArrayList<>(List.of(Calls.number(counters.size())));
    args.addAll(command);
    Calls.run(to, Script.GATE, keys, args, again, then);
  }

  /** Which of the counters is split, by a reply of {@link #run}; -1 if the command was run. */
  public static int split(WholeReply reply) {
    if (!reply.begins(SPLIT)) {
      return -1;
    }
    byte[] text = reply.encoded();
    return Integer.parseInt(
            new String(text, SPLIT.length, text.length - SPLIT.length - 2, US_ASCII))
        - 1;
  }

  /** Whether an increment by {@link #run} has answered a number, perhaps as a string. */
  public static boolean isNumber(WholeReply reply) {
    if (reply.isInteger()) {
      return true;
    }
    byte[] digits = reply.isBulk() ? reply.bulk() : null;
    return digits != null && Standing.isNumber(digits);
  }

  /** That number. */
  public static long number(WholeReply reply) {
    return reply.isInteger() ? reply.integer() : Standing.number(reply.bulk());
  }

  /** Hands the reply to an increment to its client. */
  public static void settle(WholeReply reply, Place place) {
    if (isNumber(reply)) {
      place.complete(Replies.integer(number(reply)));
    } else {
      reply.settle(place);
    }
  }

  /**
   * Adds to a shard, unless that is there no more.
   *
   * @param isOnes whether this is that many times one
   */
  public static void add(
      Upstream to,
      Split split,
      int shard,
      long amount,
      boolean isOnes,
      Runnable again,
      Consumer<WholeReply> then) {
    Calls.run(
        to,
        Script.INCREMENT,
        List.of(split.shard(shard)),
        List.of(Calls.number(split.epoch()), Calls.number(amount), Calls.number(isOnes ? 0 : 1)),
        again,
        reply -> {
          Failpoint.INCREMENTED.reached();
          then.accept(reply);
        });
  }

  /** Whether nothing was added because the shard takes no more. */
  public static boolean isGone(WholeReply reply) {
    return reply.begins(GONE);
  }
}
