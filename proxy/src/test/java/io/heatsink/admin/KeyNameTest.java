package io.heatsink.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Binary keys are shown safely, and no two alike. */
final class KeyNameTest {

  @Test
  void everyPairOfBytesHasATextOfItsOwnInPrintableAscii() {
    Set<String> texts = new HashSet<>();
    for (int a = 0; a < 256; a++) {
      for (int b = 0; b < 256; b++) {
        byte[] key = {(byte) a, (byte) b};
        KeyName name = KeyName.of(key);
        assertThat(Base64.getDecoder().decode(name.base64())).isEqualTo(key);
        assertThat(name.text().chars().allMatch(c -> c >= ' ' && c < 0x7f)).isTrue();
        texts.add(name.text());
      }
    }
    assertThat(texts).hasSize(65536);
  }

  @Test
  void escapesWhatIsNotPrintable() {
    assertThat(KeyName.of(new byte[] {'a', '\\', 'x', '0', '0', 0, (byte) 0xff}).text())
        .isEqualTo("a\\\\x00\\x00\\xff");
    assertThat(KeyName.of(new byte[0]).text()).isEmpty();
  }
}
