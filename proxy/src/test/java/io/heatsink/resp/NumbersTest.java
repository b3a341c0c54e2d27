package io.heatsink.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of {@code string2ll}. */
class NumbersTest {

  private static final long SEED = 20261122;

  private static boolean isLong(String text) {
    ByteBuf in = Wire.buffer("77" + text + "77");
    boolean is = Numbers.isLong(in, 2, text.length());
    in.release();
    return is;
  }

  private static long parse(String text) {
    ByteBuf in = Wire.buffer("77" + text + "77");
    long value = Numbers.parseLong(in, 2, text.length());
    in.release();
    return value;
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        -1,
        9,
        10,
        -10,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MAX_VALUE - 1,
        Long.MIN_VALUE + 1
      })
  void bounds(long value) {
    String text = Long.toString(value);
    assertThat(isLong(text)).as(text).isTrue();
    assertThat(parse(text)).isEqualTo(value);
    assertThat(Wire.text(Numbers.ascii(value))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+1",
        "-0",
        "00",
        "01",
        "-01",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "a",
        "1a",
        "--1",
        "1-",
        "9223372036854775808",
        "-9223372036854775809",
        "9999999999999999999",
        "18446744073709551616",
        "92233720368547758070",
        "-92233720368547758080",
        "100000000000000000000",
        "\u0000",
        "1\r"
      })
  void refused(String text) {
    assertThat(isLong(text)).as(text).isFalse();
  }

  @Test
  void randomLongsAreReadBack() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 100_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      String text = Long.toString(value);
      assertThat(isLong(text)).as("seed %d: %s", SEED, text).isTrue();
      assertThat(parse(text)).as("seed %d: %s", SEED, text).isEqualTo(value);
    }
  }

  @Test
  void randomTextsAgreeWithBigIntegers() {
    SplittableRandom random = new SplittableRandom(SEED);
    String alphabet = "0123456789-9";
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = random.nextInt(23); k > 0; k--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(isLong(text.toString())).as("seed %d: %s", SEED, text).isEqualTo(model(text));
    }
  }

  private static boolean model(CharSequence text) {
    if (!text.toString().matches("0|-?[1-9][0-9]*")) {
      return false;
    }
    return new BigInteger(text.toString()).bitLength() < 64;
  }

  @Test
  void digitsOfEveryLength() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 10_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      assertThat(Wire.text(Numbers.ascii(value))).isEqualTo(Long.toString(value));
      assertThat(Wire.text(Replies.integer(value))).isEqualTo(":" + value + "\r\n");
    }
    assertThat(Wire.text(Replies.integer(Long.MIN_VALUE))).isEqualTo(":-9223372036854775808\r\n");
    assertThat(Wire.text(Replies.integer(0))).isEqualTo(":0\r\n");
  }
}
