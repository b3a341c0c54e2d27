package io.heatsink.benchmarks.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines over two axes of numbers, each linear or logarithmic, as an SVG. For one thread. */
final class XyChart {

  /** How an axis is divided. */
  enum Scale {
    LINEAR,
    LOG
  }

  /**
   * One axis.
   *
   * @param least of at least 1 where the scale is logarithmic
   */
  record Axis(String title, Scale scale, double least, double most) {

    /** Where a value lies, 0 to 1. */
    double place(double value) {
      double clamped = Math.min(most, Math.max(least, value));
      return scale == Scale.LINEAR
          ? (clamped - least) / (most - least)
          : StrictMath.log(clamped / least) / StrictMath.log(most / least);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      if (scale == Scale.LINEAR) {
        for (int i = 0; i <= 5; i++) {
          ticks.add(least + (most - least) * i / 5);
        }
      } else {
        for (double tick = least; tick <= most * 1.001; tick *= 10) {
          ticks.add(tick);
        }
      }
      return ticks;
    }
  }

  private static final String[] COLOURS = {"#c0392b", "#2c6fad", "#3c8d5a", "#d98c1f", "#7d5ba6"};
  private static final double LEFT = 80;
  private static final double TOP = 60;
  private static final double WIDTH = 640;
  private static final double HEIGHT = 280;

  private final StringBuilder body = new StringBuilder();
  private final Axis x;
  private final Axis y;
  private int lines;

  XyChart(String title, Axis x, Axis y) {
    this.x = x;
    this.y = y;
    text(14, 22, "start", "font-weight=\"bold\" ", title);
    for (double tick : y.ticks()) {
      rule(LEFT, at(y, tick), LEFT + WIDTH, at(y, tick));
      text(LEFT - 6, at(y, tick) + 4, "end", "", number(tick));
    }
    for (double tick : x.ticks()) {
      rule(at(x, tick), TOP, at(x, tick), TOP + HEIGHT);
      text(at(x, tick), TOP + HEIGHT + 18, "middle", "", number(tick));
    }
    text(LEFT + WIDTH, TOP + HEIGHT + 36, "end", "", x.title());
    text(LEFT - 6, TOP - 10, "start", "", y.title());
  }

  private double at(Axis axis, double value) {
    double place = axis.place(value);
    return axis.equals(y) ? TOP + HEIGHT * (1 - place) : LEFT + WIDTH * place;
  }

  /** Adds a line through points in the order of {@code xs}. */
  XyChart line(String name, double[] xs, double[] ys) {
    String colour = COLOURS[lines % COLOURS.length];
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < xs.length; i++) {
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", at(x, xs[i]), at(y, ys[i])));
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>",
        points.toString().strip(), colour);
    double row = TOP + 16 + 18 * lines++;
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"3\"/>",
        LEFT + WIDTH - 250, row - 4, LEFT + WIDTH - 230, row - 4, colour);
    text(LEFT + WIDTH - 224, row, "start", "", name);
    return this;
  }

  /** Marks a place on the horizontal axis. */
  XyChart mark(String name, double value) {
    add(
        "<line x1=\"%1$.1f\" y1=\"%2$.1f\" x2=\"%1$.1f\" y2=\"%3$.1f\" stroke=\"#888888\""
            + " stroke-dasharray=\"4 3\"/>",
        at(x, value), TOP, TOP + HEIGHT);
    text(at(x, value) + 4, TOP + HEIGHT - 8, "start", "", name);
    return this;
  }

  private void rule(double x1, double y1, double x2, double y2) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>",
        x1, y1, x2, y2);
  }

  private void text(double left, double base, String anchor, String style, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %sfill=\"#222222\">%s</text>",
        left, base, anchor, style, escaped);
  }

  private void add(String format, Object... values) {
    body.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  /** The whole drawing on white. */
  String svg() {
    return String.format(
        Locale.ROOT,
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$.0f" height="%2$.0f" \
        viewBox="0 0 %1$.0f %2$.0f" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        %3$s</svg>
        """,
        LEFT + WIDTH + 40,
        TOP + HEIGHT + 50,
        body);
  }
}
