package io.heatsink.testkit;

import java.util.ArrayList;
import java.util.List;

/** What is in replies that {@link RawClient} hands back as they are. */
final class Answers {

  private Answers() {}

  /** The content of one bulk string, or of a line. */
  static String text(String reply) {
    int line = reply.indexOf("\r\n");
    if (reply.startsWith("$")) {
      int length = Integer.parseInt(reply.substring(1, line));
      return reply.substring(line + 2, line + 2 + length);
    }
    if (reply.startsWith("-")) {
      throw new IllegalStateException(reply.strip());
    }
    return reply.substring(1, line);
  }

  /** The bulk strings and lines of an array, those of arrays in it too. */
  static List<String> texts(String reply) {
    List<String> texts = new ArrayList<>();
    int from = 0;
    while (from < reply.length()) {
      int line = reply.indexOf("\r\n", from) + 2;
      char kind = reply.charAt(from);
      if (kind == '$') {
        int length = Integer.parseInt(reply.substring(from + 1, line - 2));
        texts.add(reply.substring(line, line + length));
        line += length + 2;
      } else if (kind != '*') {
        texts.add(text(reply.substring(from, line)));
      }
      from = line;
    }
    return texts;
  }

  /** Fails unless it is +OK. */
  static void expectOk(String reply) {
    if (!reply.equals("+OK\r\n")) {
      throw new IllegalStateException(reply.strip());
    }
  }
}
