package io.heatsink.policy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A key pattern with the syntax of Redis' KEYS: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a]}
 * and {@code \}. Immutable.
 */
public final class Glob {

  private final byte[] pattern;

  public Glob(String pattern) {
    this.pattern = pattern.getBytes(StandardCharsets.UTF_8);
  }

  private Glob(byte[] pattern) {
    this.pattern = pattern;
  }

  /** What matches this key alone. */
  public static Glob exactly(byte[] key) {
    ByteArrayOutputStream escaped = new ByteArrayOutputStream(key.length + 8);
    for (byte b : key) {
      if (b == '*' || b == '?' || b == '[' || b == '\\') {
        escaped.write('\\');
      }
      escaped.write(b);
    }
    return new Glob(escaped.toByteArray());
  }

  /** Whether this key matches. */
  public boolean matches(byte[] key) {
    return matches(Unpooled.wrappedBuffer(key), 0, key.length);
  }

  /** Whether {@code length} bytes at {@code index} match; lends {@code bytes}. */
  public boolean matches(ByteBuf bytes, int index, int length) {
    // The last star and where its match ends are all that must be remembered: a later star can
    // match whatever an earlier one could have left to it.
    int p = 0;
    int k = 0;
    int starAt = -1;
    int starEnd = 0;
    while (k < length) {
      int next = p < pattern.length && pattern[p] != '*' ? one(p, bytes.getByte(index + k)) : -1;
      if (next >= 0) {
        p = next;
        k++;
      } else if (p < pattern.length && pattern[p] == '*') {
        starAt = p++;
        starEnd = k;
      } else if (starAt >= 0) {
        p = starAt + 1;
        k = ++starEnd;
      } else {
        return false;
      }
    }
    while (p < pattern.length && pattern[p] == '*') {
      p++;
    }
    return p == pattern.length;
  }

  /** The pattern as it was written. */
  @Override
  public String toString() {
    return new String(pattern, StandardCharsets.UTF_8);
  }

  /** Where the pattern goes on if its element at {@code p} matches {@code c}, or -1. */
  private int one(int p, byte c) {
    return switch (pattern[p]) {
      case '?' -> p + 1;
      case '[' -> set(p + 1, c);
      case '\\' -> {
        int q = p + 1 < pattern.length ? p + 1 : p;
        yield pattern[q] == c ? q + 1 : -1;
      }
      default -> pattern[p] == c ? p + 1 : -1;
    };
  }

  private int set(int from, byte c) {
    int p = from;
    boolean negated = p < pattern.length && pattern[p] == '^';
    if (negated) {
      p++;
    }
    boolean found = false;
    while (p < pattern.length && pattern[p] != ']') {
      if (pattern[p] == '\\' && p + 1 < pattern.length) {
        p++;
        found |= pattern[p] == c;
      } else if (p + 2 < pattern.length && pattern[p + 1] == '-') {
        int low = Math.min(pattern[p] & 0xff, pattern[p + 2] & 0xff);
        int high = Math.max(pattern[p] & 0xff, pattern[p + 2] & 0xff);
        found |= (c & 0xff) >= low && (c & 0xff) <= high;
        p += 2;
      } else {
        found |= pattern[p] == c;
      }
      p++;
    }
    return found != negated ? Math.min(p + 1, pattern.length) : -1;
  }
}
