package io.heatsink.benchmarks.load.report;

import io.heatsink.benchmarks.load.report.Sample.Loop;
import io.heatsink.benchmarks.load.traffic.Load;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All samples of a measurement, in the order they were taken. Immutable. */
public record Samples(List<Sample> all) {

  private static final List<String> KEY = List.of("load", "subject", "loop", "round");

  public Samples {
    all = List.copyOf(all);
  }

  /** The loads, in order. */
  List<Load> loads() {
    return all.stream().map(Sample::load).distinct().toList();
  }

  /** The subjects of a load in the order that {@link #names} has. */
  List<String> subjects(Load load) {
    return names().stream().filter(name -> isMeasured(load, name)).toList();
  }

  private boolean isMeasured(Load load, String subject) {
    return all.stream()
        .anyMatch(sample -> sample.load().equals(load) && sample.subject().equals(subject));
  }

  /** Every subject: those of this project first, in the order of the table. */
  List<String> names() {
    List<String> names =
        new ArrayList<>(all.stream().map(Sample::subject).distinct().sorted().toList());
    List<String> known = List.of("direct", "null", "heatsink", "heatsink-off", "nutcracker");
    List<String> ordered = new ArrayList<>(known.stream().filter(names::contains).toList());
    names.removeAll(known);
    ordered.addAll(names);
    return ordered;
  }

  /** The median over the rounds; NaN where nothing was measured. */
  public double median(Load load, String subject, Loop loop, Figure figure) {
    return median(
        all.stream()
            .filter(
                sample ->
                    sample.load().equals(load)
                        && sample.subject().equals(subject)
                        && sample.loop() == loop)
            .mapToDouble(sample -> sample.get(figure))
            .toArray());
  }

  /** Of an even number the mean of the two in the middle; of none NaN. */
  public static double median(double... values) {
    double[] sorted = Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** How much of the machine went elsewhere: the median over all runs, and the worst. */
  public String quietness() {
    double[] others = all.stream().mapToDouble(sample -> sample.get(Figure.OTHERS)).toArray();
    double worst = Arrays.stream(others).filter(v -> !Double.isNaN(v)).max().orElse(Double.NaN);
    return String.format(
        Locale.ROOT,
        "CPU of this machine that went to other processes meanwhile: median %s %%, worst %s %%",
        text("%.0f", 100 * median(others)),
        text("%.0f", 100 * worst));
  }

  /** A figure, or a dash where there is none. */
  static String text(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  /** One line a sample below a header; a figure that a sample lacks is empty. */
  public String csv() {
    List<String> header = new ArrayList<>(KEY);
    for (Figure figure : Figure.values()) {
      header.add(figure.column());
    }
    StringBuilder csv = new StringBuilder(String.join(",", header)).append('\n');
    for (Sample sample : all) {
      csv.append(sample.load().id()).append(',').append(sample.subject());
      csv.append(',').append(sample.loop().name().toLowerCase(Locale.ROOT));
      csv.append(',').append(sample.round());
      for (Figure figure : Figure.values()) {
        double value = sample.get(figure);
        csv.append(',').append(Double.isNaN(value) ? "" : Double.toString(value));
      }
      csv.append('\n');
    }
    return csv.toString();
  }

  /**
   * Reads what {@link #csv} wrote, columns in any order.
   *
   * @throws IllegalArgumentException with the line that is wrong
   */
  public static Samples parse(String csv) {
    List<String> lines = csv.lines().toList();
    List<String> header = lines.isEmpty() ? List.of() : List.of(lines.get(0).split(",", -1));
    if (!header.containsAll(KEY)) {
      throw new IllegalArgumentException("no header with " + String.join(",", KEY));
    }
    List<Sample> samples = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      try {
        samples.add(sample(header, List.of(lines.get(i).split(",", -1))));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line " + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    return new Samples(samples);
  }

  private static Sample sample(List<String> header, List<String> cells) {
    if (cells.size() != header.size()) {
      throw new IllegalArgumentException(cells.size() + " cells below " + header.size());
    }
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      int column = header.indexOf(figure.column());
      if (column >= 0 && !cells.get(column).isEmpty()) {
        figures.put(figure, Double.valueOf(cells.get(column)));
      }
    }
    return new Sample(
        Load.parse(cells.get(header.indexOf("load"))),
        cells.get(header.indexOf("subject")),
        Loop.valueOf(cells.get(header.indexOf("loop")).toUpperCase(Locale.ROOT)),
        Integer.parseInt(cells.get(header.indexOf("round"))),
        figures);
  }
}
