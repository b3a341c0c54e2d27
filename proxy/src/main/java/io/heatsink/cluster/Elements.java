package io.heatsink.cluster;

import io.heatsink.resp.Numbers;
import io.heatsink.resp.ReplyFramer;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Walks over the elements of one encoded array reply. Confined to its event loop. */
final class Elements {

  private final ByteBuf in;
  private final int count;
  private int index;
  private int end;

  /** {@code in} begins with the reply's type byte. */
  Elements(ByteBuf in) {
    this.in = in;
    int line = in.indexOf(0, in.writerIndex(), (byte) '\n') + 1;
    this.count = (int) Math.max(0, Numbers.parseLong(in, 1, line - 3));
    this.end = line;
  }

  int count() {
    return count;
  }

  /** Steps on to the next element. */
  void next() {
    index = end;
    end = new ReplyFramer().end(in, index, in.writerIndex());
  }

  /** Where the element ends. */
  int end() {
    return end;
  }

  /** Where the element begins. */
  int index() {
    return index;
  }

  /** The text of the element: of a string, or of a line after its type. */
  String text() {
    byte type = in.getByte(index);
    int line = in.indexOf(index, end, (byte) '\n') + 1;
    boolean isString = type == '$' || type == '=';
    int from = isString ? line : index + 1;
    return in.toString(from, Math.max(0, end - 2 - from), StandardCharsets.UTF_8);
  }
}
