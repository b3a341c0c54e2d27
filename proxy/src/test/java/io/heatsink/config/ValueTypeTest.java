package io.heatsink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How each kind of value is written, and what is refused. */
final class ValueTypeTest {

  @ParameterizedTest
  @CsvSource({"500us,500000", "500ms,500000000", "1s,1000000000", "2 m,120000000000", "0,0"})
  void durations(String text, long nanos) {
    assertThat(ValueType.DURATION.read(text)).isEqualTo(Duration.ofNanos(nanos));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "-1s", "1.5s", "", "s", "1w", "999999999999999999d"})
  void noDurations(String text) {
    assertThatThrownBy(() -> ValueType.DURATION.read(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1024,1024", "1kb,1024", "64MB,67108864", "1 gib,1073741824", "7b,7"})
  void sizes(String text, long bytes) {
    assertThat(ValueType.SIZE.read(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1k", "-1mb", "1.5mb", "", "mb", "999999999999999999gb"})
  void noSizes(String text) {
    assertThatThrownBy(() -> ValueType.SIZE.read(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"0.01,0.01", "1%,0.01", "1/4,0.25", "5 / 60,0.08333333333333333", "1,1"})
  void fractions(String text, double value) {
    assertThat(ValueType.FRACTION.read(text)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1/0", "a", "", "1/", "NaN", "1e3", "%"})
  void noFractions(String text) {
    assertThatThrownBy(() -> ValueType.FRACTION.read(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"1000/s,1000", "2.5,2.5", "10 /s,10"})
  void rates(String text, double value) {
    assertThat(ValueType.RATE.read(text)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "100_000,100000", "-3,-3"})
  void counts(String text, long value) {
    assertThat(ValueType.COUNT.read(text)).isEqualTo(value);
  }

  @Test
  void switches() {
    assertThat(ValueType.SWITCH.read("ON")).isTrue();
    assertThat(ValueType.SWITCH.read("false")).isFalse();
    assertThatThrownBy(() -> ValueType.SWITCH.read("1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:6380,127.0.0.1,6380",
    "[::1]:0,::1,0",
    "[fe80::1%eth0]:1,fe80::1%eth0,1",
    "redis-0.redis_svc:6379,redis-0.redis_svc,6379",
    "*:65535,*,65535",
  })
  void addresses(String text, String host, int port) {
    HostPort address = ValueType.ADDRESS.read(text);
    assertThat(address).isEqualTo(new HostPort(host, port));
    assertThat(address).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "off",
        "6380",
        ":6380",
        "::1:6380",
        "[::1]",
        "h:",
        "h:65536",
        "h:-1",
        "a b:1",
        "[x]:1",
        ""
      })
  void noAddresses(String text) {
    assertThatThrownBy(() -> ValueType.ADDRESS.read(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyInterfaceAndIpv6Resolve() throws UnknownHostException {
    assertThat(HostPort.parse("*:1").resolve().getAddress().isAnyLocalAddress()).isTrue();
    assertThat(HostPort.parse("[::1]:1").resolve().getAddress().isLoopbackAddress()).isTrue();
    assertThat(ValueType.ADDRESS_OR_OFF.read("Off").isOff()).isTrue();
  }
}
