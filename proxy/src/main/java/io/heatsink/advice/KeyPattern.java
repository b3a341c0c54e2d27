package io.heatsink.advice;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The glob of all keys that differ from one in numbers and identifiers only. */
final class KeyPattern {

  private static final Pattern VARYING =
      Pattern.compile(
          "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
              + "|(?<![0-9A-Za-z])[0-9a-fA-F]{12,}(?![0-9A-Za-z])"
              + "|[0-9]+");

  private KeyPattern() {}

  /** Of a key that was cut the rest is any. Bytes that are no printable ASCII are any, too. */
  static String of(byte[] key, boolean isCut) {
    String text = new String(key, StandardCharsets.ISO_8859_1);
    StringBuilder glob = new StringBuilder();
    for (char each : VARYING.matcher(text).replaceAll("\0").toCharArray()) {
      if (each == '\0') {
        glob.append('*');
      } else if (each < ' ' || each > '~' || each == '"') {
        glob.append('?');
      } else {
        glob.append("*?[]\\".indexOf(each) < 0 ? "" : "\\").append(each);
      }
    }
    return isCut ? glob.append('*').toString() : glob.toString();
  }
}
