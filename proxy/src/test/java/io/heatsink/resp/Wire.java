package io.heatsink.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Bytes as text, one character a byte, and requests made of them. */
final class Wire {

  private Wire() {}

  static byte[] bytes(String latin) {
    return latin.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static ByteBuf buffer(String latin) {
    return Unpooled.copiedBuffer(latin, StandardCharsets.ISO_8859_1);
  }

  /** A multibulk request. */
  static String request(List<String> words) {
    StringBuilder out = new StringBuilder("*" + words.size() + "\r\n");
    words.forEach(
        word -> out.append('$').append(word.length()).append("\r\n").append(word).append("\r\n"));
    return out.toString();
  }

  /** The words of a parsed request. */
  static List<String> words(Request request) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < request.argc(); i++) {
      words.add(text(request.bytes(i)));
    }
    return words;
  }

  /** Any bytes, line ends and type bytes among them more often than by chance. */
  static String random(SplittableRandom random, int maxLength) {
    byte[] bytes = new byte[random.nextInt(maxLength + 1)];
    for (int i = 0; i < bytes.length; i++) {
      int kind = random.nextInt(3);
      bytes[i] =
          (byte) (kind == 0 ? "\r\n$*-0 \"'\\".charAt(random.nextInt(10)) : random.nextInt());
    }
    return text(bytes);
  }

  static String text(ByteBuf bytes, int from, int to) {
    return text(ByteBufUtil.getBytes(bytes, from, to - from));
  }
}
