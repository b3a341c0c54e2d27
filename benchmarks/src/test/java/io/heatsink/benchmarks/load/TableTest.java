package io.heatsink.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {

  private static final Load HOT = Load.ALL.get(2);

  @Test
  void showsMediansAndComparesWithDirect() {
    List<Sample> samples =
        List.of(
            sample(Subject.HEATSINK, 60_000, 12),
            sample(Subject.DIRECT, 40_000, Double.NaN),
            sample(Subject.HEATSINK, 10_000, 99),
            sample(Subject.DIRECT, 42_000, Double.NaN),
            sample(Subject.HEATSINK, 50_000, 13));
    assertThat(new Table(samples).markdown())
        .contains(
            "| GET one hot key 1 KB P=1 | direct | 41,000 | 1.00 | 0.500 | - | - | 4.00 | 4.00 |"
                + " 100 | 0.0001 |\n"
                + "| GET one hot key 1 KB P=1 | heatsink | 50,000 | 1.22 | 0.500 | - | 13.00 |"
                + " 4.00 | 17.00 | 100 | 0.0001 |\n")
        .hasLineCount(4);
  }

  @Test
  void leavesTheComparisonOutWithoutDirect() {
    Table table = new Table(List.of(sample(Subject.NUTCRACKER, 10_000, 3)));
    assertThat(table.markdown()).contains("| nutcracker | 10,000 | - | 0.500 |");
    assertThat(table.quietness()).endsWith("median 25 %, worst 25 %");
  }

  private static Sample sample(String subject, double perSecond, double proxyMicros) {
    return new Sample(HOT, subject, perSecond, 0.5, Double.NaN, proxyMicros, 4, 100, 0.0001, 0.25);
  }
}
