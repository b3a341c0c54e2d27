package io.heatsink.benchmarks.load.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LoadTest {

  @Test
  void anIdHoldsEverything() {
    Load load = Load.parse("zipf-0.99-100k-p16-c1000");
    assertThat(load).isEqualTo(new Load(Traffic.ZIPF, 0.99, 102_400, 16, 1_000));
    assertThat(load.title()).isEqualTo("GET Zipf 0.99, 100 KB, P=16, 1,000 clients");
    assertThat(Load.parse("mix-95").title()).isEqualTo("95/5 GET/SET Zipf 0.99, 100 B, P=1");
    assertThat(Load.parse("hot")).isEqualTo(new Load(Traffic.HOT, 0, 1_024, 1, 50));
  }

  @Test
  void theIdIsTheShortestThatMeansTheLoad() {
    assertThat(Load.parse("uniform-c50-100b").id()).isEqualTo("uniform-p1");
    for (Load load : Load.ALL) {
      assertThat(Load.parse(load.id())).isEqualTo(load);
    }
    assertThat(Load.ALL).doesNotHaveDuplicates().containsAll(Load.USUAL);
  }

  @Test
  void whatIsNoLoadIsRefused() {
    for (String id :
        List.of(
            "",
            "cold",
            "zipf",
            "zipf-p1",
            "zipf-0-p1",
            "zipf-11",
            "mix",
            "mix-100",
            "mix-9.5",
            "hot-p0",
            "hot-c0",
            "hot-p1001",
            "hot-c10001",
            "hot-0b",
            "hot-17m",
            "incr-1k",
            "uniform--p1")) {
      assertThatThrownBy(() -> Load.parse(id))
          .as(id)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(id + " is no load: TRAFFIC");
    }
  }
}
