package io.heatsink.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class LoadGeneratorTest {

  @Test
  void readsTheFiguresByTheirNames() {
    LoadGenerator.Report report =
        LoadGenerator.parse(
            """
            WARNING: Could not fetch server CONFIG
            "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms",\
            "p99_latency_ms","max_latency_ms"
            "GET hot:1k","52646.12","0.600","0.100","0.487","0.900","1.415","7.000"
            """);
    assertThat(report).isEqualTo(new LoadGenerator.Report(52_646.12, 0.487, 1.415));
  }

  @Test
  void readsWhatOldReleasesPrint() {
    assertThat(LoadGenerator.parse("\"GET\",\"81300.81\"\n"))
        .isEqualTo(new LoadGenerator.Report(81_300.81, Double.NaN, Double.NaN));
  }

  @Test
  void saysWhatItGotWhereThereIsNoResult() {
    assertThatThrownBy(() -> LoadGenerator.parse("Error from server: ERR no"))
        .hasMessageContaining("Error from server: ERR no");
  }
}
