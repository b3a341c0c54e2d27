package io.heatsink.counter.combine;

import static io.heatsink.fake.Latin.bytes;
import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.fake.Latin;
import io.heatsink.resp.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which increments can be combined, and what they are worth. */
class IncrementTest {

  private static final long LARGEST = 1L << 48;

  private static long delta(Request request) {
    int kind = Increment.kind(request);
    assertThat(kind).isNotEqualTo(Increment.NONE);
    return Increment.delta(kind, request);
  }

  @Test
  void theFourCommands() {
    assertThat(delta(request("INCR", "k"))).isEqualTo(1);
    assertThat(delta(request("dEcR", "k"))).isEqualTo(-1);
    assertThat(delta(request("incrby", "k", "7"))).isEqualTo(7);
    assertThat(delta(request("INCRBY", "k", "-7"))).isEqualTo(-7);
    assertThat(delta(request("DECRBY", "k", "7"))).isEqualTo(-7);
    assertThat(delta(request("DECRBY", "k", "-7"))).isEqualTo(7);
    assertThat(delta(request("INCRBY", "k", "0"))).isZero();
    assertThat(delta(request("INCRBY", "k", Long.toString(LARGEST)))).isEqualTo(LARGEST);
    assertThat(delta(request("INCRBY", "k", Long.toString(-LARGEST)))).isEqualTo(-LARGEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "+1",
        "01",
        "1.5",
        " 1",
        "281474976710657",
        "-281474976710657",
        "9223372036854775807",
        "-9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808"
      })
  void stepsThatTravelAlone(String step) {
    assertThat(Increment.kind(request("INCRBY", "k", step))).isEqualTo(Increment.NONE);
    assertThat(Increment.kind(request("DECRBY", "k", step))).isEqualTo(Increment.NONE);
  }

  @Test
  void wrongNumbersOfWordsTravelAlone() {
    assertThat(Increment.kind(request("INCR", "k", "1"))).isEqualTo(Increment.NONE);
    assertThat(Increment.kind(request("INCRBY", "k"))).isEqualTo(Increment.NONE);
    assertThat(Increment.kind(request("INCRBY", "k", "1", "2"))).isEqualTo(Increment.NONE);
    assertThat(Increment.kind(request("INCR"))).isEqualTo(Increment.NONE);
    assertThat(Increment.kind(request("HINCRBY", "k", "1"))).isEqualTo(Increment.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"INCR k", "DECR k", "INCRBY k -3", "DECRBY k 3", "DECRBY k -3"})
  void writtenAgainItIsTheSame(String command) {
    Request request = request(command.split(" ", -1));
    int kind = Increment.kind(request);
    byte[] again = Increment.encode(kind, bytes("k"), Increment.delta(kind, request));
    assertThat(Latin.text(again)).isEqualTo(Latin.text(request.encoded()));
  }
}
