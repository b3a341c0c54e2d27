package io.heatsink.resp;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Finds where replies end, RESP2 or RESP3, without keeping or copying any byte.
 *
 * <p>Confined to its event loop. A reply may be cut anywhere: the state lives on between calls.
 */
public final class ReplyFramer {

  /** The bytes ended before the reply did. */
  public static final int INCOMPLETE = -1;

  /** The bytes are no reply; the connection cannot be read further. */
  public static final int MALFORMED = -2;

  /** Scripts may nest replies as deep as Lua's stack, 8,000, lets them. */
  private static final int MAX_DEPTH = 32 * 1024;

  private enum State {
    TYPE,
    LINE,
    LENGTH,
    BODY
  }

  private State state = State.TYPE;
  private byte type;
  private long number;
  private boolean negative;
  private long bodyLeft;
  private long[] left = new long[8];
  private int depth;
  private int at;

  /** Forgets a reply under way. */
  public void reset() {
    state = State.TYPE;
    depth = 0;
  }

  /** What the string that is the whole reply under way still lacks; 0 where it is anything else. */
  public long missingBytes() {
    return state == State.BODY && depth == 0 ? bodyLeft : 0;
  }

  /**
   * Walks on from {@code from}; lends {@code buf}.
   *
   * @return the index after the reply, or {@link #INCOMPLETE} with all bytes up to {@code to} used,
   *     or {@link #MALFORMED}
   */
  public int end(ByteBuf buf, int from, int to) {
    at = from;
    while (at < to) {
      boolean element =
          switch (state) {
            case TYPE -> first(buf, to);
            case LINE -> line(buf, to);
            case LENGTH -> length(buf, to);
            case BODY -> body(to);
          };
      if (at < 0) {
        return MALFORMED;
      }
      if (element && closes()) {
        return at;
      }
    }
    return INCOMPLETE;
  }

  /** One element has ended: whether the whole reply has. */
  private boolean closes() {
    state = State.TYPE;
    while (depth > 0) {
      if (--left[depth - 1] > 0) {
        return false;
      }
      depth--;
    }
    return true;
  }

  /** An element begins: mostly a string whose length line is read in one go. */
  private boolean first(ByteBuf buf, int to) {
    if (to - at >= Long.BYTES) {
      int length = ShortLength.of(buf.getLongLE(at));
      if (length >= 0) {
        at += ShortLength.lineBytes(length);
        bodyLeft = length + 2L;
        state = State.BODY;
        return body(to);
      }
    }
    return type(buf);
  }

  private boolean type(ByteBuf buf) {
    type = buf.getByte(at++);
    switch (type) {
      case '+', '-', ':', '_', '#', ',', '(' -> state = State.LINE;
      case '$', '=', '!', '*', '~', '>', '%', '|' -> {
        state = State.LENGTH;
        number = 0;
        negative = false;
      }
      default -> at = -1;
    }
    return false;
  }

  private boolean line(ByteBuf buf, int to) {
    int newline = buf.indexOf(at, to, (byte) '\n');
    at = newline < 0 ? to : newline + 1;
    return newline >= 0;
  }

  private boolean length(ByteBuf buf, int to) {
    while (at < to) {
      byte c = buf.getByte(at++);
      if (c >= '0' && c <= '9' && number < Integer.MAX_VALUE * 16L) {
        number = number * 10 + (c - '0');
      } else if (c == '\n') {
        return headed();
      } else if (c == '-') {
        negative = true;
      } else if (c != '\r') {
        at = -1;
        return false;
      }
    }
    return false;
  }

  private boolean headed() {
    boolean isBlob = type == '$' || type == '=' || type == '!';
    if (negative) {
      return true;
    }
    if (isBlob) {
      bodyLeft = number + 2;
      state = State.BODY;
      return false;
    }
    long elements = number;
    if (type == '%') {
      elements = 2 * number;
    } else if (type == '|') {
      elements = 2 * number + 1;
    }
    return elements == 0 || !push(elements);
  }

  private boolean push(long elements) {
    if (depth == MAX_DEPTH) {
      at = -1;
      return true;
    }
    if (depth == left.length) {
      left = Arrays.copyOf(left, depth * 2);
    }
    left[depth++] = elements;
    state = State.TYPE;
    return true;
  }

  private boolean body(int to) {
    long skipped = Math.min(bodyLeft, to - at);
    bodyLeft -= skipped;
    at += (int) skipped;
    return bodyLeft == 0;
  }
}
