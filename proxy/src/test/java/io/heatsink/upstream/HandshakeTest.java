package io.heatsink.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.command.OwnWords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** What is said, and what is waited for. */
class HandshakeTest {

  private static final String SELECT = OwnWords.SELECT + " 3";
  private static final Credentials ANN = new Credentials("ann", "secret");

  private final EmbeddedChannel channel = new EmbeddedChannel();

  private Handshake begin(PipeKey key) {
    Handshake handshake = new Handshake(key, false);
    handshake.write(channel);
    return handshake;
  }

  private String said() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      text.append(out.toString(US_ASCII).replaceAll("[*$][0-9]+\r\n", "").replace("\r\n", " "));
      out.release();
    }
    return text.toString().trim();
  }

  private static void answer(Handshake handshake, String reply) {
    ByteBuf bytes = Unpooled.copiedBuffer(reply + "\r\n", US_ASCII);
    handshake.part(bytes, 0, bytes.readableBytes(), true);
    bytes.release();
  }

  /** Redis 7.2 and later would not answer wrong ones while it owes another reply. */
  @Test
  void nothingIsUnderWayWhenCredentialsAreTold() {
    Handshake handshake = begin(new PipeKey(ANN, 3, false));
    assertThat(said()).isEqualTo(SELECT);
    answer(handshake, "+OK");
    assertThat(said()).isEqualTo("AUTH ann secret");
    answer(handshake, "-WRONGPASS no");
    assertThat(handshake.isDone()).isTrue();
    assertThat(handshake.error()).isEqualTo("-WRONGPASS no\r\n".getBytes(US_ASCII));
  }

  @Test
  void aDatabaseThatStrangersMayNotSelectIsSelectedAfterwards() {
    Handshake handshake = begin(new PipeKey(ANN, 3, true));
    assertThat(said()).isEqualTo(SELECT);
    answer(handshake, "-NOAUTH no");
    assertThat(said()).isEqualTo("HELLO 3 AUTH ann secret " + SELECT);
    answer(handshake, "%0");
    answer(handshake, "+OK");
    assertThat(handshake.isDone()).isTrue();
    assertThat(handshake.error()).isNull();
  }
}
