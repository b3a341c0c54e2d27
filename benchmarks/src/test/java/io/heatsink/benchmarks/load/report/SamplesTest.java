package io.heatsink.benchmarks.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SamplesTest {

  private static final String HEADER = "per_second,load,unknown,subject,round,loop\n";

  @Test
  void readsColumnsByTheirNames() {
    Sample sample = Samples.parse(HEADER + "12.5,hot-p1,x,direct,2,open\n").all().get(0);
    assertThat(sample.load().id()).isEqualTo("hot-p1");
    assertThat(sample.subject()).isEqualTo("direct");
    assertThat(sample.round()).isEqualTo(2);
    assertThat(sample.loop()).isEqualTo(Sample.Loop.OPEN);
    assertThat(sample.get(Figure.PER_SECOND)).isEqualTo(12.5);
    assertThat(sample.get(Figure.P50_MS)).isNaN();
  }

  @Test
  void saysWhichLineIsWrong() {
    assertThatThrownBy(() -> Samples.parse("a,b\n")).hasMessageContaining("no header");
    assertThatThrownBy(() -> Samples.parse(HEADER + "1,hot-p1,x,direct,2,open\n1,2\n"))
        .hasMessage("line 3: 2 cells below 6");
    assertThatThrownBy(() -> Samples.parse(HEADER + "1,cold-p1,x,direct,2,open\n"))
        .hasMessageStartingWith("line 2: cold-p1 is no load");
    assertThatThrownBy(() -> Samples.parse(HEADER + "fast,hot-p1,x,direct,2,open\n"))
        .hasMessageStartingWith("line 2: ");
  }

  @Test
  void theMedianOfAnEvenNumberIsTheMeanOfTheMiddle() {
    assertThat(Samples.median(4, 1, Double.NaN, 2, 9)).isEqualTo(3);
    assertThat(Samples.median(4, 1, 9)).isEqualTo(4);
    assertThat(Samples.median()).isNaN();
  }
}
