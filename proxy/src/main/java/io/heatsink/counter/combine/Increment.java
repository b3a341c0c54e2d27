package io.heatsink.counter.combine;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.Handling;
import io.heatsink.resp.Numbers;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import java.util.Arrays;
import java.util.List;

/** Reads INCR, DECR, INCRBY, DECRBY and HINCRBY, and writes them again. */
public final class Increment {

  /** Larger steps travel alone: so no sum of a flight's steps can overflow. */
  private static final long MAX_DELTA = 1L << 48;

  private static final byte[][] NAMES = {
    Replies.ascii("INCR"), Replies.ascii("DECR"), Replies.ascii("INCRBY"), Replies.ascii("DECRBY")
  };
  private static final byte[] OF_FIELD = Replies.ascii("*4\r\n$7\r\nHINCRBY\r\n");

  public static final int NONE = -1;
  private static final int INCR = 0;
  private static final int DECR = 1;
  private static final int INCRBY = 2;
  private static final int DECRBY = 3;
  private static final int HINCRBY = 4;

  private Increment() {}

  /** Which of the five this request is, well-formed and of a size to be combined; or NONE. */
  public static int kind(Request request) {
    boolean down = (request.buffer().getByte(request.offset(0)) | 0x20) == 'd';
    if (request.argc() == 2 && request.length(0) == 4) {
      return down ? DECR : INCR;
    }
    if (request.argc() == 4 && request.length(0) == 7) {
      return request.isLong(3) && isSmall(request.asLong(3)) ? HINCRBY : NONE;
    }
    boolean by = request.argc() == 3 && request.length(0) == 6;
    if (!by || !request.isLong(2) || !isSmall(request.asLong(2))) {
      return NONE;
    }
    return down ? DECRBY : INCRBY;
  }

  private static boolean isSmall(long step) {
    // No absolute value: the smallest long has none.
    return step >= -MAX_DELTA && step <= MAX_DELTA;
  }

  /** Whether it is one of them by its name. */
  public static boolean isNamed(CommandSpec spec) {
    return spec.handling() == Handling.COUNTER;
  }

  /** By how much it changes the counter. */
  public static long delta(int kind, Request request) {
    return switch (kind) {
      case INCR -> 1;
      case DECR -> -1;
      case INCRBY -> request.asLong(2);
      case HINCRBY -> request.asLong(3);
      default -> -request.asLong(2);
    };
  }

  /** Whether what is changed is a field of a hash. */
  static boolean isOfField(int kind) {
    return kind == HINCRBY;
  }

  /**
   * Where the bytes begin that tell what is changed: a key, or a key and a field, each with its
   * length before it.
   */
  static int start(int kind, Request request) {
    return kind == HINCRBY ? request.offset(0) + request.length(0) + 2 : request.offset(1);
  }

  /** How many bytes that are. */
  static int length(int kind, Request request) {
    return kind == HINCRBY
        ? request.offset(2) + request.length(2) - start(kind, request)
        : request.length(1);
  }

  /** Changes a field; {@code identity} is that of {@link #start}. */
  static byte[] encodeField(byte[] identity, int length, long delta) {
    byte[] step = Replies.bulk(Numbers.ascii(delta));
    byte[] out = Arrays.copyOf(OF_FIELD, OF_FIELD.length + length + 2 + step.length);
    System.arraycopy(identity, 0, out, OF_FIELD.length, length);
    int at = OF_FIELD.length + length;
    out[at++] = '\r';
    out[at++] = '\n';
    System.arraycopy(step, 0, out, at, step.length);
    return out;
  }

  /** The same command for one client alone, as it sent it. */
  static byte[] encode(int kind, byte[] key, long delta) {
    byte[] name = NAMES[kind];
    return kind == INCR || kind == DECR
        ? Replies.request(name, key)
        : Replies.request(name, key, Replies.ascii(Long.toString(kind == INCRBY ? delta : -delta)));
  }

  /** The words of {@link #encode}. */
  public static List<byte[]> words(int kind, byte[] key, long delta) {
    byte[] name = NAMES[kind];
    return kind == INCR || kind == DECR
        ? List.of(name, key)
        : List.of(name, key, Numbers.ascii(kind == INCRBY ? delta : -delta));
  }

  /** The words of {@link #encodeSum}. */
  public static List<byte[]> sum(byte[] key, long sum) {
    return List.of(NAMES[INCRBY], key, Numbers.ascii(sum));
  }

  /** One step of many clients. */
  static byte[] encodeSum(byte[] key, long sum) {
    return Replies.request(NAMES[INCRBY], key, Numbers.ascii(sum));
  }
}
