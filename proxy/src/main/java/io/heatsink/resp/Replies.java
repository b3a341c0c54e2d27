package io.heatsink.resp;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Writes replies and requests; the constants are shared and must not be changed. Thread-safe. */
public final class Replies {

  /** {@code \r\n} as a big-endian short. */
  public static final int CRLF = '\r' << 8 | '\n';

  public static final byte[] OK = ascii("+OK\r\n");
  public static final byte[] RESET = ascii("+RESET\r\n");
  public static final byte[] NIL2 = ascii("$-1\r\n");
  public static final byte[] NIL3 = ascii("_\r\n");

  private Replies() {}

  /** ASCII text as bytes. */
  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** An error reply of {@code message}, which begins with its code and holds no line end. */
  public static byte[] error(String message) {
    String line = message.replace('\r', ' ').replace('\n', ' ');
    return ("-" + line + "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /** An integer reply. */
  public static byte[] integer(long value) {
    byte[] out = new byte[Numbers.length(value) + 3];
    out[0] = ':';
    Numbers.put(value, out, out.length - 2);
    out[out.length - 2] = '\r';
    out[out.length - 1] = '\n';
    return out;
  }

  /** A bulk string reply. */
  public static byte[] bulk(byte[] value) {
    return bulk(ascii("$" + value.length + "\r\n"), value);
  }

  /** A verbatim string reply of plain text, as RESP3 has it. */
  public static byte[] verbatim(byte[] text) {
    return bulk(ascii("=" + (text.length + 4) + "\r\ntxt:"), text);
  }

  /** Text as Redis sends it: verbatim where the protocol knows that. */
  public static byte[] text(String text, boolean resp3) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return resp3 ? verbatim(bytes) : bulk(bytes);
  }

  private static byte[] bulk(byte[] head, byte[] value) {
    byte[] reply = new byte[head.length + value.length + 2];
    System.arraycopy(head, 0, reply, 0, head.length);
    System.arraycopy(value, 0, reply, head.length, value.length);
    reply[reply.length - 2] = '\r';
    reply[reply.length - 1] = '\n';
    return reply;
  }

  /** A request of these words. */
  public static byte[] request(byte[]... words) {
    int size = 16;
    for (byte[] word : words) {
      size += word.length + 16;
    }
    byte[] out = new byte[size];
    int at = put(out, 0, ascii("*" + words.length + "\r\n"));
    for (byte[] word : words) {
      at = put(out, at, ascii("$" + word.length + "\r\n"));
      at = put(out, at, word);
      out[at++] = '\r';
      out[at++] = '\n';
    }
    return java.util.Arrays.copyOf(out, at);
  }

  /** A request of these words. */
  public static byte[] request(String... words) {
    byte[][] encoded = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      encoded[i] = words[i].getBytes(StandardCharsets.UTF_8);
    }
    return request(encoded);
  }

  /** Appends a type byte, a number and a line end. */
  public static void writeHeader(ByteBuf out, char type, long number) {
    out.writeByte(type);
    writeDecimal(out, number);
    out.writeShort(CRLF);
  }

  private static void writeDecimal(ByteBuf out, long number) {
    if (number >= 0 && number < 10) {
      out.writeByte((int) ('0' + number));
      return;
    }
    out.writeCharSequence(Long.toString(number), StandardCharsets.US_ASCII);
  }

  private static int put(byte[] out, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, out, at, bytes.length);
    return at + bytes.length;
  }
}
