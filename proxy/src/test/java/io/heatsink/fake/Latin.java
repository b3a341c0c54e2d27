package io.heatsink.fake;

import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.resp.RespLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Bytes as text, one character a byte. */
public final class Latin {

  private Latin() {}

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** A request of these words, in a buffer on the heap that needs no release. */
  public static Request request(String... words) {
    byte[][] encoded = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      encoded[i] = bytes(words[i]);
    }
    return parse(Unpooled.wrappedBuffer(Replies.request(encoded)));
  }

  /** The first of two requests that have come together. */
  public static Request followed(String[] words, String... next) {
    ByteBuf both = Unpooled.buffer();
    int length = both.writeBytes(request(words).encoded()).writerIndex();
    both.writeBytes(request(next).encoded());
    RequestParser parser = new RequestParser(RespLimits.withRequestBytes(Integer.MAX_VALUE));
    if (parser.parse(both) != RequestParser.REQUEST || parser.end() != length) {
      throw new IllegalArgumentException("not two requests: " + parser.error());
    }
    return parser.request();
  }

  /** The one request in this buffer. */
  static Request parse(ByteBuf bytes) {
    RequestParser parser = new RequestParser(RespLimits.withRequestBytes(Integer.MAX_VALUE));
    if (parser.parse(bytes) != RequestParser.REQUEST || parser.end() != bytes.writerIndex()) {
      throw new IllegalArgumentException("not one request: " + parser.error());
    }
    return parser.request();
  }

  static List<String> words(Request request) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < request.argc(); i++) {
      words.add(text(request.bytes(i)));
    }
    return words;
  }
}
