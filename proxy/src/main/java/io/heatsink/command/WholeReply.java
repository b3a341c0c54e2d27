package io.heatsink.command;

import io.heatsink.resp.Bytes;
import io.heatsink.resp.Numbers;
import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers one small reply to look at it whole. Confined to its event loop.
 *
 * <p>Off the hot path: it copies.
 */
public final class WholeReply implements ReplySlot {

  private final ByteBuf bytes = Unpooled.buffer(256);
  private final Consumer<WholeReply> whole;
  private boolean failed;

  private WholeReply(Consumer<WholeReply> whole) {
    this.whole = whole;
  }

  /** A slot that calls {@code whole} once, with an error reply if it comes to that. */
  public static ReplySlot then(Consumer<WholeReply> whole) {
    return new WholeReply(whole);
  }

  /** One of our own. */
  public static WholeReply of(byte[] encoded) {
    WholeReply reply = new WholeReply(unused -> {});
    reply.bytes.writeBytes(encoded);
    return reply;
  }

  @Override
  public void part(ByteBuf from, int index, int length, boolean last) {
    bytes.writeBytes(from, index, length);
    if (last) {
      whole.accept(this);
    }
  }

  @Override
  public void fail(byte[] error) {
    failed = true;
    bytes.clear().writeBytes(error);
    whole.accept(this);
  }

  /** Whether it is an error reply, the backend's or our own. */
  public boolean isError() {
    return bytes.getByte(0) == '-';
  }

  /** Whether it begins so. */
  public boolean begins(byte[] text) {
    return bytes.readableBytes() >= text.length && Bytes.equal(bytes, 0, text, text.length);
  }

  /** Whether it is a bulk string, or nil. */
  public boolean isBulk() {
    return bytes.getByte(0) == '$' || bytes.getByte(0) == '_';
  }

  /** The bytes of a bulk string reply; null for nil. */
  public byte @Nullable [] bulk() {
    if (bytes.getByte(0) == '_' || bytes.getByte(1) == '-') {
      return null;
    }
    int from = line(0);
    return ByteBufUtil.getBytes(bytes, from, bytes.writerIndex() - 2 - from);
  }

  /** Whether it says that a transaction will run the command. */
  public boolean isQueued() {
    return bytes.getByte(0) == '+' && bytes.getByte(1) == 'Q';
  }

  /** Whether the connection failed it. */
  public boolean isFailed() {
    return failed;
  }

  /** All of it, encoded. */
  public byte[] encoded() {
    return ByteBufUtil.getBytes(bytes);
  }

  /** An integer reply's value. */
  public long integer() {
    return Numbers.parseLong(bytes, 1, bytes.readableBytes() - 3);
  }

  /** Whether it is an integer reply. */
  public boolean isInteger() {
    return bytes.getByte(0) == ':';
  }

  /** All of it, encoded, with another value in the place of its first integer, if it has one. */
  public byte[] withInteger(long value) {
    int at = 0;
    while (at < bytes.writerIndex() && bytes.getByte(at) != ':') {
      at = line(at);
    }
    ByteBuf changed = Unpooled.buffer().writeBytes(bytes, 0, at);
    if (at < bytes.writerIndex()) {
      Replies.writeHeader(changed, ':', value);
      changed.writeBytes(bytes, line(at), bytes.writerIndex() - line(at));
    }
    return ByteBufUtil.getBytes(changed);
  }

  /** The text of a bulk or verbatim string reply. */
  public String text() {
    int from = line(0) + (bytes.getByte(0) == '=' ? "txt:".length() : 0);
    return bytes.toString(from, bytes.writerIndex() - 2 - from, StandardCharsets.UTF_8);
  }

  /** Whether it is an array reply, and not nil. */
  public boolean isArray() {
    return bytes.getByte(0) == '*' && bytes.getByte(1) != '-';
  }

  /** The bulk strings of an array reply; null stands for nil. */
  public List<byte @Nullable []> bulks() {
    List<byte @Nullable []> values = new ArrayList<>();
    int at = line(0);
    while (at < bytes.writerIndex()) {
      int body = line(at);
      byte type = bytes.getByte(at);
      if (type != '$' || bytes.getByte(at + 1) == '-') {
        values.add(null);
        at = body;
        continue;
      }
      int length = (int) Numbers.parseLong(bytes, at + 1, body - 2 - at - 1);
      values.add(ByteBufUtil.getBytes(bytes, body, length));
      at = body + length + 2;
    }
    return values;
  }

  /** The first element of an array reply, encoded; it is a line. */
  public byte[] firstLine() {
    int at = line(0);
    return ByteBufUtil.getBytes(bytes, at, line(at) - at);
  }

  /** Hands it to a client, as a failure if the connection failed it. */
  public void settle(Place place) {
    if (failed) {
      place.fail(encoded());
    } else {
      place.complete(encoded());
    }
  }

  private int line(int from) {
    return bytes.indexOf(from, bytes.writerIndex(), (byte) '\n') + 1;
  }
}
