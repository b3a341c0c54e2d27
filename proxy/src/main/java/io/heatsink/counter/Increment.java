package io.heatsink.counter;

import io.heatsink.resp.Numbers;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;

/** Reads INCR, DECR, INCRBY and DECRBY, and writes them again. */
final class Increment {

  /** Larger steps travel alone: so no sum of a flight's steps can overflow. */
  private static final long MAX_DELTA = 1L << 48;

  private static final byte[][] NAMES = {
    Replies.ascii("INCR"), Replies.ascii("DECR"), Replies.ascii("INCRBY"), Replies.ascii("DECRBY")
  };

  static final int NONE = -1;
  private static final int INCR = 0;
  private static final int DECR = 1;
  private static final int INCRBY = 2;
  private static final int DECRBY = 3;

  private Increment() {}

  /** Which of the four this request is, well-formed and of a size to be combined; or NONE. */
  static int kind(Request request) {
    boolean down = (request.buffer().getByte(request.offset(0)) | 0x20) == 'd';
    if (request.argc() == 2 && request.length(0) == 4) {
      return down ? DECR : INCR;
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

  /** By how much it changes the counter. */
  static long delta(int kind, Request request) {
    return switch (kind) {
      case INCR -> 1;
      case DECR -> -1;
      case INCRBY -> request.asLong(2);
      default -> -request.asLong(2);
    };
  }

  /** The same command for one client alone, as it sent it. */
  static byte[] encode(int kind, byte[] key, long delta) {
    byte[] name = NAMES[kind];
    return kind == INCR || kind == DECR
        ? Replies.request(name, key)
        : Replies.request(name, key, Replies.ascii(Long.toString(kind == INCRBY ? delta : -delta)));
  }

  /** One step of many clients. */
  static byte[] encodeSum(byte[] key, long sum) {
    return Replies.request(NAMES[INCRBY], key, Numbers.ascii(sum));
  }
}
