package io.heatsink.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One parsed request: a view of the bytes it arrived in, valid until the next call to its parser.
 *
 * <p>Confined to its event loop, and reused for every request of a session: whoever needs it later
 * copies what it needs.
 */
public final class Request {

  private static final int KEPT_ARGUMENTS = 256;

  private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
  private int start;
  private int length;
  private int argc;
  private int[] offsets = new int[16];
  private int[] lengths = new int[16];

  /** The buffer that holds the request, lent. */
  public ByteBuf buffer() {
    return buffer;
  }

  /** Index of the request's first byte, its {@code *}. */
  public int start() {
    return start;
  }

  /** Bytes from {@code *} to the last line end. */
  public int length() {
    return length;
  }

  /** Whether more bytes of the same client have come behind it. */
  public boolean isFollowed() {
    return start + length < buffer.writerIndex();
  }

  /** Whether the same bytes have come once more behind it. */
  public boolean isRepeated() {
    int next = start + length;
    return next + length <= buffer.writerIndex()
        && ByteBufUtil.equals(buffer, start, buffer, next, length);
  }

  /** Words of the command, its name included; at least 1. */
  public int argc() {
    return argc;
  }

  /** Index of the first byte of word {@code i}. */
  public int offset(int i) {
    return start + offsets[i];
  }

  /** Bytes of word {@code i}. */
  public int length(int i) {
    return lengths[i];
  }

  /** A copy of word {@code i}. */
  public byte[] bytes(int i) {
    byte[] copy = new byte[lengths[i]];
    buffer.getBytes(offset(i), copy);
    return copy;
  }

  /** Word {@code i} as text; bytes that are not UTF-8 are replaced, so never for keys. */
  public String text(int i) {
    return buffer.toString(offset(i), lengths[i], StandardCharsets.UTF_8);
  }

  /** A copy of the whole request. */
  public byte[] encoded() {
    byte[] copy = new byte[length];
    buffer.getBytes(start, copy);
    return copy;
  }

  /** Whether word {@code i} is {@code word}, which is lower-case ASCII, in any case. */
  public boolean is(int i, String word) {
    if (lengths[i] != word.length()) {
      return false;
    }
    int at = offset(i);
    for (int k = 0; k < word.length(); k++) {
      int c = buffer.getByte(at + k);
      if (c >= 'A' && c <= 'Z') {
        c |= 0x20;
      }
      if (c != word.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /** Whether any word from {@code from} on is {@code word} in any case. */
  public boolean has(int from, String word) {
    return find(from, word) >= 0;
  }

  /** The first word from {@code from} on that is {@code word} in any case, or -1. */
  public int find(int from, String word) {
    for (int i = from; i < argc; i++) {
      if (is(i, word)) {
        return i;
      }
    }
    return -1;
  }

  /** The hash of word {@code i}. */
  public long hash(int i) {
    return KeyHash.of(buffer, offset(i), lengths[i]);
  }

  /** The hash of all that follows the first byte of word {@code i}. */
  public long hashFrom(int i) {
    int at = offset(i);
    return KeyHash.of(buffer, at, start + length - at);
  }

  /** Whether word {@code i} holds a whole number as Redis' string2ll reads it. */
  public boolean isLong(int i) {
    return Numbers.isLong(buffer, offset(i), lengths[i]);
  }

  /** Word {@code i} as a whole number, if {@link #isLong} says it is one. */
  public long asLong(int i) {
    return Numbers.parseLong(buffer, offset(i), lengths[i]);
  }

  /** Gives back the room of a request with very many words. */
  void begin(int count) {
    if (offsets.length > KEPT_ARGUMENTS && count <= KEPT_ARGUMENTS) {
      offsets = new int[KEPT_ARGUMENTS];
      lengths = new int[KEPT_ARGUMENTS];
    }
  }

  void word(int i, int relativeOffset, int bytes) {
    if (i >= offsets.length) {
      offsets = Arrays.copyOf(offsets, offsets.length * 2);
      lengths = Arrays.copyOf(lengths, lengths.length * 2);
    }
    offsets[i] = relativeOffset;
    lengths[i] = bytes;
  }

  void complete(ByteBuf in, int at, int bytes, int count) {
    argc = count;
    buffer = in;
    start = at;
    length = bytes;
  }
}
