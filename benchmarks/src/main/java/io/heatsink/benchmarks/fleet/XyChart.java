package io.heatsink.benchmarks.fleet;

import io.heatsink.benchmarks.plot.Svg;
import io.heatsink.benchmarks.plot.Svg.Anchor;
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

  private static final double LEFT = 80;
  private static final double TOP = 60;
  private static final double WIDTH = 640;
  private static final double HEIGHT = 280;

  private final Svg svg = new Svg();
  private final Axis x;
  private final Axis y;
  private int lines;

  XyChart(String title, Axis x, Axis y) {
    this.x = x;
    this.y = y;
    svg.title(14, 22, title);
    for (double tick : y.ticks()) {
      svg.line(LEFT, at(y, tick), LEFT + WIDTH, at(y, tick));
      svg.text(LEFT - 6, at(y, tick) + 4, Anchor.END, number(tick));
    }
    for (double tick : x.ticks()) {
      svg.line(at(x, tick), TOP, at(x, tick), TOP + HEIGHT);
      svg.text(at(x, tick), TOP + HEIGHT + 18, Anchor.MIDDLE, number(tick));
    }
    svg.text(LEFT + WIDTH, TOP + HEIGHT + 36, Anchor.END, x.title());
    svg.text(LEFT - 6, TOP - 10, Anchor.START, y.title());
  }

  private double at(Axis axis, double value) {
    double place = axis.place(value);
    return axis.equals(y) ? TOP + HEIGHT * (1 - place) : LEFT + WIDTH * place;
  }

  /** Adds a line through points in the order of {@code xs}. */
  XyChart line(String name, double[] xs, double[] ys) {
    String colour = Svg.colour(lines);
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < xs.length; i++) {
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", at(x, xs[i]), at(y, ys[i])));
    }
    svg.path(points.toString().strip(), colour);
    double row = TOP + 16 + 18 * lines++;
    svg.box(LEFT + WIDTH - 250, row - 5.5, 20, 3, colour);
    svg.text(LEFT + WIDTH - 224, row, Anchor.START, name);
    return this;
  }

  /** Marks a place on the horizontal axis. */
  XyChart mark(String name, double value) {
    svg.mark(at(x, value), TOP, at(x, value), TOP + HEIGHT);
    svg.text(at(x, value) + 4, TOP + HEIGHT - 8, Anchor.START, name);
    return this;
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  /** The whole drawing on white. */
  String svg() {
    return svg.drawing(LEFT + WIDTH + 40, TOP + HEIGHT + 50);
  }
}
