package io.heatsink.differential;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One reply taken apart.
 *
 * @param type the frame's first character
 * @param text a scalar's bytes, one character each; "-1" of a null, empty for an aggregate
 * @param parts an aggregate's elements, keys and values of a map in turn
 */
record Reply(char type, String text, List<Reply> parts) {

  private static final class Reader {
    private final String frame;
    private int at;

    Reader(String frame) {
      this.frame = frame;
    }

    Reply next() {
      char type = frame.charAt(at);
      int end = frame.indexOf("\r\n", at);
      String line = frame.substring(at + 1, end);
      at = end + 2;
      return switch (type) {
        case '$', '=', '!' -> new Reply(type, bulk(Integer.parseInt(line)), List.of());
        case '*', '~', '>' -> aggregate(type, line, 1);
        case '%' -> aggregate(type, line, 2);
        default -> new Reply(type, line, List.of());
      };
    }

    private String bulk(int length) {
      if (length < 0) {
        return "-1";
      }
      String text = frame.substring(at, at + length);
      at += length + 2;
      return text;
    }

    private Reply aggregate(char type, String line, int factor) {
      int count = Integer.parseInt(line) * factor;
      List<Reply> parts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        parts.add(next());
      }
      return new Reply(type, count < 0 ? "-1" : "", parts);
    }
  }

  static Reply of(byte[] frame) {
    return new Reader(new String(frame, ISO_8859_1)).next();
  }

  /** The whole of it, elements in order. */
  String exact() {
    return type + text + inner(parts.stream().map(Reply::exact).toList());
  }

  /** The whole of it, the elements of every aggregate in no order. */
  String unordered() {
    return type + text + inner(parts.stream().map(Reply::unordered).sorted().toList());
  }

  /** Types and numbers of elements; of numbers only whether they are negative. */
  String shape() {
    boolean negative = text.startsWith("-");
    String kept = negative || type == '-' || type == '+' ? text : "";
    return type + kept + inner(parts.stream().map(Reply::shape).toList());
  }

  private String inner(List<String> views) {
    return parts.isEmpty() ? "" : views.stream().collect(Collectors.joining(",", "[", "]"));
  }
}
