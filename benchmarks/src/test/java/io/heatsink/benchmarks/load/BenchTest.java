package io.heatsink.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BenchTest {

  @Test
  void aRateThatIsQuotedHasTwoDigits() {
    assertThat(Bench.rounded(23_987)).isEqualTo(23_000);
    assertThat(Bench.rounded(100)).isEqualTo(100);
    assertThat(Bench.rounded(187_654)).isEqualTo(180_000);
  }
}
