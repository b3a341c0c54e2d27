package io.heatsink.benchmarks.staleness;

import io.heatsink.benchmarks.plot.LineChart;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;

/**
 * For how long answers had been overwritten when they were asked for; 0 for one that was current.
 *
 * @param nanos of every read
 */
record Ages(Histogram nanos) {

  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};
  private static final double NANOS_A_MILLI = 1e6;
  private static final String HEADER =
      """
      | readers | reads | overwritten | p50 ms | p90 ms | p99 ms | p99.9 ms | max ms |
      |---|---:|---:|---:|---:|---:|---:|---:|
      """;

  private double millis(double percentile) {
    return nanos.getValueAtPercentile(percentile) / NANOS_A_MILLI;
  }

  private double overwrittenShare() {
    long reads = nanos.getTotalCount();
    return reads == 0 ? 0 : 1 - (double) nanos.getCountAtValue(0) / reads;
  }

  private String row(String name) {
    StringBuilder row = new StringBuilder();
    double overwritten = 100 * overwrittenShare();
    row.append(
        String.format(
            Locale.ROOT, "| %s | %,d | %.2f %% |", name, nanos.getTotalCount(), overwritten));
    for (double percentile : PERCENTILES) {
      row.append(String.format(Locale.ROOT, " %.3f |", millis(percentile)));
    }
    return row.append('\n').toString();
  }

  /** A row for each kind of reader. */
  static String table(Map<String, Ages> ages) {
    StringBuilder text = new StringBuilder(HEADER);
    ages.forEach((name, one) -> text.append(one.row(name)));
    return text.toString();
  }

  /** A line for each kind of reader, over the percentiles; what was current is not drawn. */
  static String svg(String title, Map<String, Ages> ages) {
    List<LineChart.Line> lines =
        ages.entrySet().stream()
            .map(one -> new LineChart.Line(one.getKey(), one.getValue().points()))
            .toList();
    return new LineChart(
            title,
            List.of("p50", "p90", "p99", "p99.9", "max"),
            List.copyOf(ages.keySet()),
            List.of(new LineChart.Panel("ms for which the answer had been overwritten", lines)))
        .svg();
  }

  private List<Double> points() {
    return DoubleStream.of(PERCENTILES).map(this::millis).boxed().toList();
  }
}
