package io.heatsink.counter.split;

import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Names;
import io.heatsink.counter.shard.Shape;
import io.heatsink.counter.shard.Split;
import io.heatsink.resp.Numbers;
import io.heatsink.resp.Replies;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a counter stands at one moment, as its own slot says. Immutable.
 *
 * @param isOpening whether somebody is about to split it; all of it is in its own key until then
 * @param split how it is split, or is about to be; null if it is not
 * @param floor the largest epoch of its slot so far
 * @param base what its own key holds, or null
 * @param kept how much of that its shards hold too
 * @param keeps how often that was changed
 * @param error why nothing is known, as an error reply
 */
public record Standing(
    boolean isOpening,
    @Nullable Split split,
    long floor,
    byte @Nullable [] base,
    long kept,
    long keeps,
    @Nullable WholeReply error) {

  /** Of the scripts and names; sidecars that differ leave each other's counters alone. */
  static final int VERSION = 2;

  private static final byte[] WRONG_TYPE = Calls.text("-WRONGTYPE");

  /** Asks for it. */
  public static void look(Upstream to, byte[] key, Consumer<Standing> then) {
    Calls.run(to, Script.LOOK, Names.base(key), List.of(), reply -> then.accept(read(key, reply)));
  }

  static Standing read(byte[] key, WholeReply reply) {
    if (!reply.isArray()) {
      return unknown(reply.begins(WRONG_TYPE) ? noNumber(key) : reply);
    }
    List<byte @Nullable []> of = reply.bulks();
    String state = text(of, 0);
    if (state.isEmpty()) {
      return new Standing(false, null, number(of, 5), of.get(6), 0, 0, null);
    }
    if (number(of, 3) != VERSION) {
      return unknown(WholeReply.of(otherVersion(key)));
    }
    Shape shape = new Shape((int) number(of, 2), text(of, 4));
    Split split = new Split(key, number(of, 1), shape);
    return new Standing(
        state.equals("o"), split, number(of, 5), of.get(6), number(of, 7), number(of, 8), null);
  }

  private static Standing unknown(WholeReply why) {
    return new Standing(false, null, 0, null, 0, 0, why);
  }

  /** The counter is split, and its own key holds what nothing can be added to. */
  static WholeReply noNumber(byte[] key) {
    return WholeReply.of(
        Replies.error(
            "ERR Heatsink: counter '"
                + new String(key, StandardCharsets.UTF_8)
                + "' is split, and something that is no number was put into its own key without"
                + " Heatsink; remove that at Redis itself (DEL), or put a number there: what the"
                + " shards hold will be added to it"));
  }

  private static byte[] otherVersion(byte[] key) {
    return Replies.error(
        "ERR Heatsink: counter '"
            + new String(key, StandardCharsets.UTF_8)
            + "' is split by another version of Heatsink; have that one fold it (HEATSINK FOLD)");
  }

  private static String text(List<byte @Nullable []> of, int i) {
    return new String(Objects.requireNonNull(of.get(i)), StandardCharsets.UTF_8);
  }

  private static long number(List<byte @Nullable []> of, int i) {
    return number(of.get(i));
  }

  /** What its own key holds that its shards do not. */
  long own() {
    return number(base) - kept;
  }

  /** A number in digits; 0 for none. */
  static long number(byte @Nullable [] digits) {
    if (digits == null || !isNumber(digits)) {
      return 0;
    }
    return Numbers.parseLong(Unpooled.wrappedBuffer(digits), 0, digits.length);
  }

  static boolean isNumber(byte[] digits) {
    return Numbers.isLong(Unpooled.wrappedBuffer(digits), 0, digits.length);
  }

  /** How it is split now; null if all of it is in its own key. */
  public @Nullable Split live() {
    return isOpening ? null : split;
  }
}
