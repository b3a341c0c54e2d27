package io.heatsink.benchmarks.load.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heatsink.benchmarks.load.traffic.Load;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What harness and generator tell each other. */
final class OrderTest {

  @Test
  void anOrderArrivesAsItWasGiven() {
    Load load = Load.parse("mix-95-p16-c1000");
    Path trace = Path.of("trace=1.gz").toAbsolutePath();
    Order order = new Order("host", 6380, load, 1_000, 12.5, 600, 2_000, 3, "crowd:1", trace);
    assertThat(Order.parse(order.arguments().toArray(new String[0]))).isEqualTo(order);
    Order closed = new Order("host", 6380, load, 1_000, 0, 600, 2_000, 3, "crowd:1", null);
    assertThat(Order.parse(closed.arguments().toArray(new String[0]))).isEqualTo(closed);
    assertThat(order.isOpen()).isTrue();
    assertThat(closed.isOpen()).isFalse();
  }

  @Test
  void anOutcomeArrivesAsItWasMeasured() {
    Tally tally = new Tally();
    look(tally, "$-1\r\n");
    look(tally, "$3\r\nabc\r\n");
    look(tally, "-ERR not so\r\n");
    look(tally, "-ERR another\r\n");
    tally.answered(99, 1_000_000);
    tally.answered(1, 7_000_000);
    Outcome outcome = tally.outcome(60, 40, 0.5);
    assertThat(outcome.errors()).isEqualTo(2);
    assertThat(outcome.nils()).isEqualTo(1);
    assertThat(outcome.perSecond()).isEqualTo(200);
    Outcome read = Outcome.parse(outcome.line());
    assertThat(read.firstError()).isEqualTo("-ERR not so");
    assertThat(read.millis(99)).isBetween(0.999, 1.001);
    assertThat(read.millis(100)).isBetween(6.99, 7.01);
    assertThat(read.reads()).isEqualTo(60);
    assertThat(read.writes()).isEqualTo(40);
    assertThatThrownBy(() -> Outcome.parse("ready")).hasMessage("no outcome: ready");
  }

  private static void look(Tally tally, String reply) {
    ByteBuf in = Unpooled.copiedBuffer(reply, StandardCharsets.US_ASCII);
    tally.look(in, 0, in.writerIndex());
    in.release();
  }
}
