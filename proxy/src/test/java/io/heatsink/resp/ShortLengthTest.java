package io.heatsink.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Length lines in the eight bytes of one load. */
class ShortLengthTest {

  private static int length(String text) {
    ByteBuf in = Wire.buffer((text + "xxxxxxxx").substring(0, Long.BYTES));
    int length = ShortLength.of(in.getLongLE(0));
    in.release();
    return length;
  }

  @Test
  void everyLengthThatFits() {
    for (int length = 0; length <= 99_999; length++) {
      String line = "$" + length + "\r\n";
      assertThat(length(line)).isEqualTo(length);
      assertThat(ShortLength.lineBytes(length)).isEqualTo(line.length());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$100000\r",
        "$-1\r\n",
        "$01\r\n",
        "$00\r\n",
        "$1\rx",
        "$\r\n",
        "$1x\r\n",
        ":1\r\n",
        "$1\n",
        "$+1\r\n",
        "$ 1\r\n",
        "*1\r\n",
        "$12345\rx"
      })
  void allElseIsLeftToTheCarefulWay(String line) {
    assertThat(length(line)).isEqualTo(-1);
  }
}
