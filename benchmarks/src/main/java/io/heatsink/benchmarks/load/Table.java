package io.heatsink.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Samples as Markdown: one row a load and subject, medians over the rounds. */
final class Table {

  private static final String HEADER =
      """
      | load | subject | ops/s | vs direct | p50 ms | p99 ms | proxy CPU s/M | backend CPU s/M \
      | both CPU s/M | RSS MB | backend commands per command |
      |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
      """;

  private final List<Sample> samples;

  Table(List<Sample> samples) {
    this.samples = List.copyOf(samples);
  }

  /** The table, each line ended. */
  String markdown() {
    StringBuilder text = new StringBuilder(HEADER);
    for (Load load : samples.stream().map(Sample::load).distinct().toList()) {
      double direct = median(of(load, Subject.DIRECT), Sample::perSecond);
      for (String subject : Subjects.NAMES) {
        List<Sample> runs = of(load, subject);
        if (!runs.isEmpty()) {
          text.append(row(load, subject, runs, direct)).append('\n');
        }
      }
    }
    return text.toString();
  }

  /** How much of the machine went elsewhere: the median over all runs, and the worst. */
  String quietness() {
    double worst = samples.stream().mapToDouble(Sample::others).max().orElse(Double.NaN);
    return String.format(
        Locale.ROOT,
        "CPU of this machine that went to other processes meanwhile: median %.0f %%, worst %.0f %%",
        100 * median(samples, Sample::others),
        100 * worst);
  }

  private List<Sample> of(Load load, String subject) {
    return samples.stream()
        .filter(sample -> sample.load().equals(load) && sample.subject().equals(subject))
        .toList();
  }

  private static String row(Load load, String subject, List<Sample> runs, double direct) {
    double perSecond = median(runs, Sample::perSecond);
    double proxy = median(runs, Sample::proxyMicros);
    double backend = median(runs, Sample::backendMicros);
    List<String> cells = new ArrayList<>(List.of(load.title(), subject));
    cells.add(text("%,.0f", perSecond));
    cells.add(text("%.2f", perSecond / direct));
    cells.add(text("%.3f", median(runs, Sample::p50Millis)));
    cells.add(text("%.3f", median(runs, Sample::p99Millis)));
    cells.add(text("%.2f", proxy));
    cells.add(text("%.2f", backend));
    cells.add(text("%.2f", Double.isNaN(proxy) ? backend : proxy + backend));
    cells.add(text("%.0f", median(runs, Sample::residentMegabytes)));
    cells.add(text("%.4f", median(runs, Sample::backendCommands)));
    return "| " + String.join(" | ", cells) + " |";
  }

  /** Of an even number the mean of the two in the middle. */
  static double median(List<Sample> runs, ToDoubleFunction<Sample> figure) {
    double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** A figure, or a dash where there is none. */
  static String text(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }
}
