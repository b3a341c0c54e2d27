package io.heatsink.admin;

import java.util.Base64;

/**
 * A binary key, fit to be shown. Different keys have different texts.
 *
 * @param text printable ASCII as it is, except {@code \\}; every other byte as {@code \xNN}
 * @param base64 the exact bytes (RFC 4648, section 4)
 */
public record KeyName(String text, String base64) {

  private static final String DIGITS = "0123456789abcdef";

  /** Copies nothing of the array but what it shows. */
  public static KeyName of(byte[] key) {
    StringBuilder text = new StringBuilder(key.length + 16);
    for (byte b : key) {
      if (b == '\\') {
        text.append("\\\\");
      } else if (b >= ' ' && b < 0x7f) {
        text.append((char) b);
      } else {
        text.append("\\x").append(DIGITS.charAt(b >> 4 & 15)).append(DIGITS.charAt(b & 15));
      }
    }
    return new KeyName(text.toString(), Base64.getEncoder().encodeToString(key));
  }
}
