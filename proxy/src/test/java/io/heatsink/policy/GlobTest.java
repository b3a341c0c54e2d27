package io.heatsink.policy;

import static io.heatsink.fake.Latin.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pattern language of KEYS. */
class GlobTest {

  private static final long SEED = 20261122;

  private static boolean matches(String pattern, String key) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes("xx" + key + "yy"));
    return new Glob(pattern).matches(in, 2, key.length());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "``,``,true",
        "``,a,false",
        "a,``,false",
        "*,``,true",
        "***,abc,true",
        "?,a,true",
        "?,``,false",
        "a*c,abbc,true",
        "a*c,abbd,false",
        "a*b*c,a-b-b-c,true",
        "tweet:*:likes,tweet:17:likes,true",
        "tweet:*:likes,tweet:17:like,false",
        "*a,aaaa,true",
        "h[ae]llo,hello,true",
        "h[ae]llo,hillo,false",
        "h[^e]llo,hallo,true",
        "h[^e]llo,hello,false",
        "h[a-c]llo,hbllo,true",
        "h[c-a]llo,hbllo,true",
        "h[a-c]llo,hdllo,false",
        "h[a-cx-z]llo,hyllo,true",
        "[]a],a,false",
        "[abc,b,true",
        "[abc,d,false",
        "[a-],b,false",
        "[a-],-,false",
        "[a\\]],],true",
        "[\\^a],^,true",
        "[^],a,true",
        "\\*,*,true",
        "\\*,a,false",
        "\\?x,?x,true",
        "a\\,a\\,true",
        "\\a,a,true",
        "*[0-9],ab7,true",
        "*[0-9],ab7x,false",
        "A*,abc,false"
      })
  void table(String pattern, String key, boolean matches) {
    assertThat(matches(pattern, key)).as("%s / %s", pattern, key).isEqualTo(matches);
  }

  @Test
  void keysAreBytes() {
    byte[] key = "prix:é".getBytes(StandardCharsets.UTF_8);
    assertThat(new Glob("prix:é").matches(Unpooled.wrappedBuffer(key), 0, key.length)).isTrue();
    assertThat(new Glob("prix:?").matches(Unpooled.wrappedBuffer(key), 0, key.length)).isFalse();
    assertThat(new Glob("prix:??").matches(Unpooled.wrappedBuffer(key), 0, key.length)).isTrue();
  }

  @Test
  void manyStarsTakeNoTime() {
    assertThat(matches("a*".repeat(50) + "b", "a".repeat(5_000))).isFalse();
  }

  @Test
  void agreesWithBacktracking() {
    SplittableRandom random = new SplittableRandom(SEED);
    int matched = 0;
    for (int i = 0; i < 200_000; i++) {
      String pattern = text(random, "ab-*?[]^\\c", 8);
      String key = text(random, "abc-*]", 6);
      boolean expected = model(pattern, 0, key, 0);
      matched += expected ? 1 : 0;
      assertThat(matches(pattern, key))
          .as("seed %d: %s / %s", SEED, pattern, key)
          .isEqualTo(expected);
    }
    assertThat(matched).isGreaterThan(5_000);
  }

  private static String text(SplittableRandom random, String alphabet, int maxLength) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /** Every way to share the key out among the stars. */
  private static boolean model(String pattern, int p, String key, int k) {
    if (p == pattern.length()) {
      return k == key.length();
    }
    if (pattern.charAt(p) == '*') {
      for (int end = k; end <= key.length(); end++) {
        if (model(pattern, p + 1, key, end)) {
          return true;
        }
      }
      return false;
    }
    if (k == key.length()) {
      return false;
    }
    char c = key.charAt(k);
    return switch (pattern.charAt(p)) {
      case '?' -> model(pattern, p + 1, key, k + 1);
      case '[' -> {
        int end = setEnd(pattern, p + 1);
        boolean in = inSet(pattern.substring(p + 1, end), c);
        yield in && model(pattern, Math.min(end + 1, pattern.length()), key, k + 1);
      }
      case '\\' -> {
        int q = Math.min(p + 1, pattern.length() - 1);
        yield pattern.charAt(q) == c && model(pattern, q + 1, key, k + 1);
      }
      default -> pattern.charAt(p) == c && model(pattern, p + 1, key, k + 1);
    };
  }

  /** Where the set that begins at {@code p} has its bracket, or the pattern's end. */
  private static int setEnd(String pattern, int p) {
    int at = p < pattern.length() && pattern.charAt(p) == '^' ? p + 1 : p;
    while (at < pattern.length() && pattern.charAt(at) != ']') {
      if (pattern.charAt(at) == '\\' && at + 1 < pattern.length()) {
        at += 2;
      } else if (at + 2 < pattern.length() && pattern.charAt(at + 1) == '-') {
        at += 3;
      } else {
        at++;
      }
    }
    return Math.min(at, pattern.length());
  }

  private static boolean inSet(String set, char c) {
    boolean negated = set.startsWith("^");
    String rest = negated ? set.substring(1) : set;
    boolean found = false;
    int at = 0;
    while (at < rest.length()) {
      if (rest.charAt(at) == '\\' && at + 1 < rest.length()) {
        found |= rest.charAt(at + 1) == c;
        at += 2;
      } else if (at + 2 < rest.length() && rest.charAt(at + 1) == '-') {
        char from = rest.charAt(at);
        char to = rest.charAt(at + 2);
        found |= c >= Math.min(from, to) && c <= Math.max(from, to);
        at += 3;
      } else {
        found |= rest.charAt(at) == c;
        at++;
      }
    }
    return found != negated;
  }
}
