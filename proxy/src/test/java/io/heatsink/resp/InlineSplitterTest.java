package io.heatsink.resp;

import static io.heatsink.resp.Wire.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The quoting rules of {@code sdssplitargs}, one by one. */
class InlineSplitterTest {

  private static List<String> split(String line) {
    List<byte[]> words = Objects.requireNonNull(InlineSplitter.split(bytes(line)), line);
    return words.stream().map(Wire::text).toList();
  }

  @Test
  void spacesSeparate() {
    assertThat(split("")).isEmpty();
    assertThat(split("  \t ")).isEmpty();
    assertThat(split("PING")).containsExactly("PING");
    assertThat(split("  set \t a\r b  ")).containsExactly("set", "a", "b");
  }

  @Test
  void doubleQuotesEscape() {
    assertThat(split("\"\"")).containsExactly("");
    assertThat(split("\"a b\" c")).containsExactly("a b", "c");
    assertThat(split("\"\\n\\r\\t\\b\\a\\\\\\\"\\q\"")).containsExactly("\n\r\t\b\u0007\\\"q");
    assertThat(split("\"\\x41\\xfF\\x00\"")).containsExactly("A\u00ff\0");
    assertThat(split("\"\\x4g\\x4\"")).containsExactly("x4gx4");
    assertThat(split("\"it's\"")).containsExactly("it's");
  }

  @Test
  void singleQuotesEscapeThemselvesOnly() {
    assertThat(split("''")).containsExactly("");
    assertThat(split("'a b' c")).containsExactly("a b", "c");
    assertThat(split("'it\\'s'")).containsExactly("it's");
    assertThat(split("'\\n\\x41\"'")).containsExactly("\\n\\x41\"");
  }

  @Test
  void aQuoteInsideAWordGoesOnWithIt() {
    assertThat(split("foo\"b r\" x")).containsExactly("foob r", "x");
    assertThat(split("foo'b r'")).containsExactly("foob r");
  }

  @Test
  void outsideQuotesABackslashIsItself() {
    assertThat(split("a\\n \\\\")).containsExactly("a\\n", "\\\\");
  }

  /** They are skipped between words, yet do not end one: so does Redis. */
  @Test
  void verticalTabsAndFormFeedsEndNoWord() {
    assertThat(split("a\u000bb\fc")).containsExactly("a\u000bb\fc");
    assertThat(split(" \u000b\fa \u000bb")).containsExactly("a", "b");
    assertThat(split("\"a\"\fb")).containsExactly("a", "b");
  }

  @Test
  void aZeroByteEndsTheLine() {
    assertThat(split("a b\0 c")).containsExactly("a", "b");
    assertThat(split("a \0b")).containsExactly("a");
    assertThat(split("\"a\"\0b")).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"",
        "'",
        "\"a",
        "'a",
        "a \"b",
        "a 'b",
        "\"a\"b",
        "'a'b",
        "\"a\\\"",
        "'a\\'",
        "\"\\x4",
        "\"a\"\"b\"",
        "\"a\0\"",
        "'a\0'"
      })
  void unbalanced(String line) {
    assertThat(InlineSplitter.split(bytes(line))).isNull();
  }
}
