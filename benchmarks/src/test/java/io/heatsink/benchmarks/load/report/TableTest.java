package io.heatsink.benchmarks.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.benchmarks.load.report.Sample.Loop;
import io.heatsink.benchmarks.load.traffic.Load;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TableTest {

  private static final Load HOT = Load.parse("hot-p1");

  @Test
  void showsMediansAndComparesWithDirect() {
    Samples samples =
        new Samples(
            List.of(
                closed("heatsink", 1, 60_000, 12),
                closed("direct", 1, 40_000, Double.NaN),
                closed("heatsink", 2, 10_000, 99),
                closed("direct", 2, 42_000, Double.NaN),
                closed("heatsink", 3, 50_000, 13),
                open("heatsink", 0.25),
                open("heatsink", 0.75)));
    assertThat(new Table(samples).markdown())
        .contains(
            "| GET one hot key, 1 KB, P=1 | direct | 41,000 | 1.00 | - | 4.00 | 4.00 | 1.00 | - |"
                + " - | - | - | 100 | 0.0001 |\n"
                + "| GET one hot key, 1 KB, P=1 | heatsink | 50,000 | 1.22 | 13.00 | 4.00 | 17.00 |"
                + " 4.25 | 20,000 | 0.500 | 2.000 | - | 100 | 0.0001 |\n");
  }

  @Test
  void leavesTheComparisonOutWithoutDirect() {
    Samples samples = new Samples(List.of(closed("nutcracker", 1, 10_000, 3)));
    assertThat(new Table(samples).markdown()).contains("| nutcracker | 10,000 | - | 3.00 | 4.00 |");
    assertThat(samples.quietness()).endsWith("median 25 %, worst 25 %");
  }

  @Test
  void aProxyOfUnknownProcessHasNoSum() {
    Samples samples = new Samples(List.of(closed("other", 1, 10_000, Double.NaN)));
    assertThat(new Table(samples).markdown()).contains("| other | 10,000 | - | - | 4.00 | - | - |");
  }

  @Test
  void comparesWhatIsAbsorbedAndWhatACrowdCosts() {
    Sample zipf = sample("zipf-0.99-p1", Map.of(Figure.ABSORBED, 0.5, Figure.ABSORBABLE, 0.5125));
    Sample crowd = sample("crowd-p16", Map.of(Figure.CROWD_READS, 1.25));
    Sample footprint = sample("footprint", Map.of(Figure.START_MS, 612.4, Figure.IDLE_MB, 90.0));
    assertThat(new Table(new Samples(List.of(zipf, crowd, footprint))).markdown())
        .contains("| GET Zipf 0.99, 100 B, P=1 | heatsink | 50.00 % | 51.25 % |\n")
        .contains("| flash crowd 0→30 %, 100 B, P=16 | heatsink | 1.3 | - |\n")
        .contains("| heatsink | 612 | 90 | - | - |\n");
  }

  @Test
  void aFileOfSamplesIsReadAsItWasWritten() {
    Samples samples =
        new Samples(List.of(closed("direct", 1, 40_000, Double.NaN), open("heatsink", 0.25)));
    assertThat(Samples.parse(samples.csv())).isEqualTo(samples);
  }

  private static Sample sample(String load, Map<Figure, Double> figures) {
    return new Sample(Load.parse(load), "heatsink", Loop.CLOSED, 1, figures);
  }

  private static Sample closed(String subject, int round, double perSecond, double proxyMicros) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.PER_SECOND, perSecond);
    figures.put(Figure.PROXY_US, proxyMicros);
    figures.put(Figure.BACKEND_US, 4.0);
    figures.put(Figure.RSS_MB, 100.0);
    figures.put(Figure.BACKEND_COMMANDS, 0.0001);
    figures.put(Figure.OTHERS, 0.25);
    return new Sample(HOT, subject, Loop.CLOSED, round, figures);
  }

  private static Sample open(String subject, double millis) {
    return new Sample(
        HOT,
        subject,
        Loop.OPEN,
        1,
        Map.of(Figure.TARGET, 20_000.0, Figure.P50_MS, millis, Figure.P99_MS, 2.0));
  }
}
