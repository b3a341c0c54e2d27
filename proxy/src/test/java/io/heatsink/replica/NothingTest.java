package io.heatsink.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica that says nothing is not believed, whatever the command and protocol. */
class NothingTest {

  private static boolean isNothing(String reply) {
    ByteBuf bytes = Unpooled.copiedBuffer("before" + reply, StandardCharsets.US_ASCII);
    return Nothing.isAll(bytes, 6, reply.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$-1\r\n",
        "_\r\n",
        "*-1\r\n",
        "*0\r\n",
        "%0\r\n",
        "~0\r\n",
        ":0\r\n",
        ":-1\r\n",
        "$0\r\n\r\n",
        "+none\r\n",
        "#f\r\n",
        "*3\r\n$-1\r\n_\r\n:0\r\n",
        "*2\r\n$0\r\n\r\n:0\r\n"
      })
  void nothing(String reply) {
    assertThat(isNothing(reply)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$1\r\n0\r\n",
        "$2\r\n-1\r\n",
        ":10\r\n",
        ":1\r\n",
        "+string\r\n",
        "#t\r\n",
        "*2\r\n$-1\r\n$1\r\na\r\n",
        ",0.5\r\n",
        "$3\r\n_\r\n\r\n"
      })
  void something(String reply) {
    assertThat(isNothing(reply)).isFalse();
  }
}
