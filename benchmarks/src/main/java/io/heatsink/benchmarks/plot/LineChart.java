package io.heatsink.benchmarks.plot;

import io.heatsink.benchmarks.plot.Svg.Anchor;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Lines over named places, to a logarithmic scale; panel below panel. Immutable.
 *
 * @param places along the horizontal axis, evenly spaced
 * @param series names of the lines, in the order of their colours
 */
public record LineChart(
    String title, List<String> places, List<String> series, List<Panel> panels) {

  /** Lines that are compared with each other. */
  public record Panel(String title, List<Line> lines) {}

  /**
   * One line.
   *
   * @param name one of the series
   * @param values one for each place; NaN leaves it out
   */
  public record Line(String name, List<Double> values) {

    DoubleStream known() {
      return values.stream().mapToDouble(value -> value).filter(value -> value > 0);
    }
  }

  private static final double WIDTH = 760;
  private static final double LEFT = 70;
  private static final double PLOT = 650;
  private static final double HEIGHT = 200;
  private static final double HEAD = 30;
  private static final double GAP = 14;
  private static final double ROW = 18;
  private static final double LETTER = 7;

  /** As a drawing. */
  public String svg() {
    Svg svg = new Svg().title(GAP, HEAD - GAP / 2, title);
    double x = GAP;
    for (String name : series) {
      svg.box(x, HEAD + 4, ROW, 3, colour(name));
      svg.text(x + ROW + 4, HEAD + 10, Anchor.START, name);
      x += 2 * ROW + GAP + LETTER * name.length();
    }
    double y = HEAD + ROW;
    for (Panel panel : panels) {
      draw(svg, y, panel);
      y += HEIGHT + HEAD + 2 * ROW;
    }
    return svg.drawing(WIDTH, y + GAP);
  }

  private String colour(String name) {
    return Svg.colour(series.indexOf(name));
  }

  private void draw(Svg svg, double top, Panel panel) {
    svg.title(GAP, top + ROW, panel.title());
    double[] known = panel.lines().stream().flatMapToDouble(Line::known).toArray();
    double low = Math.floor(Math.log10(DoubleStream.of(known).min().orElse(1)));
    double high = Math.max(low + 1, Math.ceil(Math.log10(DoubleStream.of(known).max().orElse(1))));
    double bottom = top + HEAD + HEIGHT;
    for (double decade = low; decade <= high; decade++) {
      double y = bottom - (decade - low) / (high - low) * HEIGHT;
      svg.line(LEFT, y, LEFT + PLOT, y);
      svg.text(LEFT - LETTER, y + 4, Anchor.END, number(Math.pow(10, decade)));
    }
    for (int i = 0; i < places.size(); i++) {
      svg.text(place(i), bottom + ROW, Anchor.MIDDLE, places.get(i));
    }
    for (Line line : panel.lines()) {
      StringBuilder points = new StringBuilder();
      for (int i = 0; i < line.values().size(); i++) {
        double value = line.values().get(i);
        if (value > 0) {
          double y = bottom - (Math.log10(value) - low) / (high - low) * HEIGHT;
          points.append(String.format(Locale.ROOT, "%.1f,%.1f ", place(i), y));
        }
      }
      svg.path(points.toString().strip(), colour(line.name()));
    }
  }

  private double place(int i) {
    return LEFT + PLOT * (i + 0.5) / places.size();
  }

  private static String number(double value) {
    return value >= 1
        ? String.format(Locale.ROOT, "%,.0f", value)
        : Double.toString(Math.rint(value * 1e6) / 1e6);
  }
}
