package io.heatsink.resp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Splits an inline command into words with the quoting rules of Redis' {@code sdssplitargs}. */
final class InlineSplitter {

  private final byte[] line;
  private int at;

  private InlineSplitter(byte[] line) {
    this.line = line;
  }

  /** The words of a line, or null where quotes are not balanced. */
  static @Nullable List<byte[]> split(byte[] line) {
    InlineSplitter splitter = new InlineSplitter(line);
    List<byte[]> words = new ArrayList<>();
    while (splitter.skipSpace()) {
      byte[] word = splitter.word();
      if (word == null) {
        return null;
      }
      words.add(word);
    }
    return words;
  }

  private boolean skipSpace() {
    while (at < line.length && isSpace(line[at])) {
      at++;
    }
    return at < line.length && line[at] != 0;
  }

  private byte @Nullable [] word() {
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    while (at < line.length && !endsWord(line[at])) {
      byte c = line[at++];
      if (c == '"' || c == '\'') {
        boolean closed = c == '"' ? doubleQuoted(word) : singleQuoted(word);
        boolean ended = at == line.length || isSpace(line[at]) || line[at] == 0;
        if (!closed || !ended) {
          return null;
        }
        break;
      }
      word.write(c);
    }
    return word.toByteArray();
  }

  private boolean doubleQuoted(ByteArrayOutputStream word) {
    while (isInLine(at)) {
      byte c = line[at++];
      if (c == '"') {
        return true;
      }
      if (c == '\\' && isHexEscape()) {
        word.write(hex(line[at + 1]) << 4 | hex(line[at + 2]));
        at += 3;
      } else if (c == '\\' && isInLine(at)) {
        word.write(escaped(line[at++]));
      } else {
        word.write(c);
      }
    }
    return false;
  }

  private boolean singleQuoted(ByteArrayOutputStream word) {
    while (isInLine(at)) {
      byte c = line[at++];
      if (c == '\'') {
        return true;
      }
      if (c == '\\' && at < line.length && line[at] == '\'') {
        c = line[at++];
      }
      word.write(c);
    }
    return false;
  }

  private boolean isHexEscape() {
    return at + 2 < line.length
        && line[at] == 'x'
        && hex(line[at + 1]) >= 0
        && hex(line[at + 2]) >= 0;
  }

  private static int hex(byte c) {
    return Character.digit(c, 16);
  }

  private static int escaped(byte c) {
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'a' -> 7;
      default -> c;
    };
  }

  /** A zero byte ends the line, even inside quotes. */
  private boolean isInLine(int i) {
    return i < line.length && line[i] != 0;
  }

  /** Vertical tabs and form feeds are skipped between words, yet end none. */
  private static boolean endsWord(byte c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0;
  }

  private static boolean isSpace(byte c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
