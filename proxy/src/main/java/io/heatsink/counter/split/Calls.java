package io.heatsink.counter.split;

import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Numbers;
import io.heatsink.resp.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs scripts by their digest, and by their text where Redis does not know it yet. */
final class Calls {

  private static final byte[] EVAL = Replies.ascii("EVAL");
  private static final byte[] EVALSHA = Replies.ascii("EVALSHA");
  private static final byte[] NO_SCRIPT = Replies.ascii("-NOSCRIPT");

  private Calls() {}

  /** Runs it once; {@code then} gets the reply. */
  static void run(
      Upstream to, Script script, List<byte[]> keys, List<byte[]> args, Consumer<WholeReply> then) {
    run(to, script, keys, args, () -> {}, then);
  }

  /** As above; {@code again} is told if it is sent a second time, behind what was sent since. */
  static void run(
      Upstream to,
      Script script,
      List<byte[]> keys,
      List<byte[]> args,
      Runnable again,
      Consumer<WholeReply> then) {
    byte[][] words = new byte[keys.size() + args.size() + 3][];
    words[0] = EVALSHA;
    words[1] = script.digest();
    words[2] = Numbers.ascii(keys.size());
    int at = 3;
    for (byte[] key : keys) {
      words[at++] = key;
    }
    for (byte[] arg : args) {
      words[at++] = arg;
    }
    to.send(
        Replies.request(words),
        WholeReply.then(
            reply -> {
              if (!reply.begins(NO_SCRIPT)) {
                then.accept(reply);
                return;
              }
              // It was not run, so it may be sent again.
              again.run();
              words[0] = EVAL;
              words[1] = script.text();
              to.send(Replies.request(words), WholeReply.then(then));
            }));
  }

  static byte[] text(String text) {
    return Replies.ascii(text);
  }

  static byte[] number(long number) {
    return Numbers.ascii(number);
  }

  /** The replies of one step at every shard. Confined to its event loop. */
  static final class Parts {

    private final @Nullable WholeReply[] replies;
    private final Consumer<List<WholeReply>> whole;
    private int left;

    Parts(int count, Consumer<List<WholeReply>> whole) {
      this.replies = new WholeReply[count];
      this.whole = whole;
      this.left = count;
    }

    Consumer<WholeReply> part(int i) {
      return reply -> {
        replies[i] = reply;
        if (--left == 0) {
          List<WholeReply> all = new ArrayList<>(replies.length);
          for (WholeReply each : replies) {
            all.add(Objects.requireNonNull(each));
          }
          whole.accept(all);
        }
      };
    }

    /** The first that is an error but does not begin so; null if there is none. */
    static @Nullable WholeReply error(List<WholeReply> replies, byte[] butNot) {
      for (WholeReply reply : replies) {
        if (reply.isError() && !reply.begins(butNot)) {
          return reply;
        }
      }
      return null;
    }
  }
}
