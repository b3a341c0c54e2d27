package io.heatsink.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds requests, multibulk or inline, in a growing buffer; Redis' own limits and error texts.
 *
 * <p>Confined to its event loop. A partial request allocates nothing and is not read twice: the
 * parser remembers how far it came, relative to the request's first byte.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/protocol-spec/">RESP</a>
 */
public final class RequestParser {

  /** More bytes are needed; call again with the same reader index. */
  public static final int INCOMPLETE = 0;

  /** {@link #request} holds a request; go on at {@link #end}. */
  public static final int REQUEST = 1;

  /** An empty line or array, which Redis ignores; go on at {@link #end}. */
  public static final int NOTHING = 2;

  /** {@link #error} says what is wrong; the connection cannot be read further. */
  public static final int ERROR = 3;

  /**
   * The request is so large that it had better be passed on as it comes: {@link #request} holds its
   * first words. {@link #hold} or {@link #beginPass} says what is to be done with it.
   */
  public static final int LARGE = 4;

  private static final int GO_ON = -1;

  /** {@code *N\r\n$L\r\n} with one digit each, as eight bytes read at once. */
  private static final long HEAD = 0x0a0d_0024_0a0d_002aL;

  private static final long HEAD_MASK = 0xffff_00ff_ffff_00ffL;

  /** What a client may send that Redis has not let in, as Redis itself bounds it. */
  private static final int STRANGER_ARGUMENTS = 10;

  private static final int STRANGER_BULK_BYTES = 16 * 1024;

  private static final RespLimits OWN = RespLimits.withRequestBytes(1 << 30);

  private final RespLimits limits;
  private final Request request = new Request();
  private boolean stranger;
  private boolean counted;
  private boolean large;
  private boolean held;
  private boolean passing;
  private int argc;
  private int words;
  private int position;
  private int bulkLength = -1;
  private int owed;
  private int end;
  private long number;
  private String error = "";

  public RequestParser(RespLimits limits) {
    this.limits = limits;
  }

  /** One request of our own, which is whole. */
  public static Request whole(byte[] encoded, int length) {
    RequestParser parser = new RequestParser(OWN);
    int result = parser.parse(Unpooled.wrappedBuffer(encoded, 0, length));
    if (result == LARGE && parser.hold()) {
      result = parser.parse(Unpooled.wrappedBuffer(encoded, 0, length));
    }
    if (result != REQUEST) {
      throw new IllegalArgumentException("not a request");
    }
    return parser.request();
  }

  /** The request found last. */
  public Request request() {
    return request;
  }

  /** Index after the request found last. */
  public int end() {
    return end;
  }

  /** What {@link #ERROR} means, without the leading {@code -}. */
  public String error() {
    return error;
  }

  /** Bytes of the request under way that are known to be needed, from its first byte. */
  public int neededBytes() {
    return bulkLength < 0 ? position : position + bulkLength + 2;
  }

  /** Whether the client is one that Redis has not let in, who may send only little. */
  public void stranger(boolean isStranger) {
    stranger = isStranger;
  }

  /** Forgets a request under way. */
  public void reset() {
    counted = false;
    large = false;
    held = false;
    passing = false;
    bulkLength = -1;
    words = 0;
    position = 0;
  }

  /** A LARGE request is to be kept whole after all; false, with {@link #error}, if it may not. */
  public boolean hold() {
    large = false;
    held = true;
    return isWithinBounds();
  }

  /** A LARGE request is to be passed on: {@link #pass} finds what of it there is. */
  public void beginPass() {
    owed = position + bulkLength + 2;
    large = false;
    passing = true;
  }

  /** Whether the end of a request that is passed on has not been seen yet. */
  public boolean isPassing() {
    return passing;
  }

  /**
   * Index up to which the bytes at the reader index belong to the request that is passed on; -1,
   * with {@link #error}, if it is no request after all. The next call is to begin there.
   */
  public int pass(ByteBuf in) {
    int at = in.readerIndex();
    int limit = in.writerIndex();
    while (true) {
      if (owed < 0) {
        int after = readBulkLength(in, at);
        if (after < 0) {
          return after == -1 ? at : -1;
        }
        owed = after - at + (int) number + 2;
      }
      int step = Math.min(owed, limit - at);
      at += step;
      owed -= step;
      if (owed > 0) {
        return at;
      }
      owed = -1;
      if (++words == argc) {
        reset();
        return at;
      }
    }
  }

  /** Looks for one request at the reader index; lends {@code in} and moves no index. */
  public int parse(ByteBuf in) {
    int start = in.readerIndex();
    if (start == in.writerIndex()) {
      return INCOMPLETE;
    }
    if (!counted) {
      if (!stranger && parseWhole(in, start)) {
        return REQUEST;
      }
      if (in.getByte(start) != '*') {
        return parseInline(in, start);
      }
      int result = parseCount(in, start);
      if (result != GO_ON) {
        return result;
      }
    }
    if (large) {
      return large(in, start);
    }
    while (words < argc) {
      int result = parseWord(in, start);
      if (result != GO_ON) {
        return result == LARGE ? large(in, start) : result;
      }
    }
    request.complete(in, start, position, argc);
    end = start + position;
    reset();
    return REQUEST;
  }

  private int large(ByteBuf in, int start) {
    request.complete(in, start, position, words);
    return LARGE;
  }

  /**
   * Finds a usual request that lies there whole, eight bytes a step; false where it is anything
   * else, which is then read byte by byte from its beginning.
   */
  private boolean parseWhole(ByteBuf in, int start) {
    int limit = in.writerIndex();
    if (limit - start < Long.BYTES) {
      return false;
    }
    long head = in.getLongLE(start);
    int count = ShortLength.digit(head >>> 8);
    int length = ShortLength.digit(head >>> 40);
    if ((head & HEAD_MASK) != HEAD || count < 1 || count > 9 || length < 1 || length > 9) {
      return false;
    }
    if (count > limits.maxArguments() || length > limits.maxBulkBytes()) {
      return false;
    }
    request.begin(count);
    int at = Long.BYTES;
    for (int i = 0; ; ) {
      request.word(i, at, length);
      at += length + 2;
      if (++i == count) {
        break;
      }
      if (limit - start - at < Long.BYTES) {
        return false;
      }
      length = ShortLength.of(in.getLongLE(start + at));
      if (length < 0 || length > limits.maxBulkBytes()) {
        return false;
      }
      at += ShortLength.lineBytes(length);
    }
    if (limit - start < at || at > limits.maxRequestBytes()) {
      return false;
    }
    request.complete(in, start, at, count);
    end = start + at;
    return true;
  }

  private int parseCount(ByteBuf in, int start) {
    position = 1;
    int after = readNumber(in, start + position, "too big mbulk count string");
    if (after < 0) {
      return after == -1 ? INCOMPLETE : ERROR;
    }
    if (after == 0 || number > limits.maxArguments()) {
      return fail("invalid multibulk length");
    }
    if (stranger && number > STRANGER_ARGUMENTS) {
      return fail("unauthenticated multibulk length");
    }
    position = after - start;
    if (number <= 0) {
      end = after;
      reset();
      return NOTHING;
    }
    argc = (int) number;
    words = 0;
    counted = true;
    request.begin(argc);
    return GO_ON;
  }

  private int parseWord(ByteBuf in, int start) {
    if (bulkLength < 0) {
      int result = parseBulkLength(in, start);
      if (result != GO_ON) {
        return result;
      }
    }
    if (in.writerIndex() - start - position < bulkLength + 2) {
      return INCOMPLETE;
    }
    request.word(words, position, bulkLength);
    words++;
    position += bulkLength + 2;
    bulkLength = -1;
    return GO_ON;
  }

  private int parseBulkLength(ByteBuf in, int start) {
    int after = readBulkLength(in, start + position);
    if (after < 0) {
      return after == -1 ? INCOMPLETE : ERROR;
    }
    position = after - start;
    bulkLength = (int) number;
    if (words > 0 && !held && position + number + 2 > limits.maxWholeBytes()) {
      large = true;
      return LARGE;
    }
    return isWithinBounds() ? GO_ON : ERROR;
  }

  private boolean isWithinBounds() {
    if ((long) position + bulkLength + 2 > limits.maxRequestBytes()) {
      error = "ERR Heatsink: request larger than clients.max-request-bytes";
      return false;
    }
    return true;
  }

  /**
   * Reads the line before a word, its length into {@link #number}.
   *
   * @return the index after the line; -1 if bytes are missing; -2, with {@link #error}, if it is
   *     wrong
   */
  private int readBulkLength(ByteBuf in, int at) {
    if (at >= in.writerIndex()) {
      return -1;
    }
    byte type = in.getByte(at);
    if (type == '\r') {
      // The line ends before it begins: Redis misses the $ as soon as the line is whole.
      return at + 2 > in.writerIndex() ? -1 : missing(type);
    }
    int after = readNumber(in, at + 1, "too big bulk count string");
    if (after == -1 || after == -2) {
      return after;
    }
    if (type != '$') {
      return missing(type);
    }
    if (after == 0 || number < 0 || number > limits.maxBulkBytes()) {
      return wrong("invalid bulk length");
    }
    return stranger && number > STRANGER_BULK_BYTES ? wrong("unauthenticated bulk length") : after;
  }

  /**
   * Reads a number up to its line end into {@link #number}.
   *
   * @return the index after the line end; 0 if it is no number; -1 if bytes are missing; -2 if the
   *     line is too long, with {@link #error} set
   */
  private int readNumber(ByteBuf in, int from, String tooLong) {
    int limit = in.writerIndex();
    int i = from;
    while (i < limit && in.getByte(i) != '\r') {
      i++;
    }
    if (i >= limit) {
      if (limit - from >= limits.maxLineBytes()) {
        fail(tooLong);
        return -2;
      }
      return -1;
    }
    if (i + 2 > limit) {
      return -1;
    }
    int length = i - from;
    if (!Numbers.isLong(in, from, length)) {
      return 0;
    }
    number = Numbers.parseLong(in, from, length);
    return i + 2;
  }

  private int parseInline(ByteBuf in, int start) {
    int limit = in.writerIndex();
    int newline = in.indexOf(start, limit, (byte) '\n');
    if (newline < 0) {
      return limit - start > limits.maxLineBytes() ? fail("too big inline request") : INCOMPLETE;
    }
    end = newline + 1;
    int length = newline - start;
    if (length > 0 && in.getByte(newline - 1) == '\r') {
      length--;
    }
    byte[] line = new byte[length];
    in.getBytes(start, line);
    @Nullable List<byte[]> split = InlineSplitter.split(line);
    if (split == null) {
      return fail("unbalanced quotes in request");
    }
    if (split.isEmpty()) {
      return NOTHING;
    }
    asMultibulk(split);
    return REQUEST;
  }

  /** An inline command becomes a multibulk one, so that every later room knows one form. */
  private void asMultibulk(List<byte[]> split) {
    ByteBuf out = Unpooled.buffer(64);
    Replies.writeHeader(out, '*', split.size());
    request.begin(split.size());
    for (int i = 0; i < split.size(); i++) {
      byte[] word = split.get(i);
      Replies.writeHeader(out, '$', word.length);
      request.word(i, out.writerIndex(), word.length);
      out.writeBytes(word).writeShort(Replies.CRLF);
    }
    request.complete(out, 0, out.writerIndex(), split.size());
  }

  private int missing(byte type) {
    return wrong("expected '$', got '" + (char) (type & 0xff) + "'");
  }

  private int wrong(String what) {
    fail(what);
    return -2;
  }

  private int fail(String what) {
    error = "ERR Protocol error: " + what;
    return ERROR;
  }
}
