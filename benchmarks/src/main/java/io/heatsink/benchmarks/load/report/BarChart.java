package io.heatsink.benchmarks.load.report;

import io.heatsink.benchmarks.plot.Svg;
import io.heatsink.benchmarks.plot.Svg.Anchor;
import java.util.List;

/** Horizontal bars, panel below panel, each panel to its own scale. Immutable. */
record BarChart(String title, List<String> parts, List<Panel> panels) {

  /** Bars that are compared with each other. */
  record Panel(String title, List<Bar> bars) {}

  /** One bar of parts in a row; NaN is a part that is not known. */
  record Bar(String name, List<Double> parts) {

    double sum() {
      return parts.stream().filter(part -> !part.isNaN()).mapToDouble(part -> part).sum();
    }
  }

  private static final double WIDTH = 760;
  private static final double LEFT = 120;
  private static final double BARS = 540;
  private static final double ROW = 18;
  private static final double BAR = 13;
  private static final double HEAD = 30;
  private static final double GAP = 14;
  private static final double LETTER = 7;

  /** As a drawing; figures stand at the ends of the bars, to this format. */
  String svg(String format) {
    Svg svg = new Svg().title(GAP, HEAD - GAP / 2, title);
    double y = HEAD + legend(svg);
    for (Panel panel : panels) {
      y += ROW;
      svg.title(GAP, y, panel.title());
      double most = panel.bars().stream().mapToDouble(Bar::sum).max().orElse(0);
      for (Bar bar : panel.bars()) {
        y += ROW;
        draw(svg, y, bar, most == 0 ? 1 : most, format);
      }
      y += GAP;
    }
    return svg.drawing(WIDTH, y + GAP);
  }

  private double legend(Svg svg) {
    if (parts.size() < 2) {
      return 0;
    }
    double x = GAP;
    for (int i = 0; i < parts.size(); i++) {
      svg.box(x, HEAD, BAR, BAR, Svg.colour(i));
      svg.text(x + ROW, HEAD + BAR - 2, Anchor.START, parts.get(i));
      x += ROW + GAP + LETTER * parts.get(i).length();
    }
    return ROW;
  }

  private static void draw(Svg svg, double y, Bar bar, double most, String format) {
    svg.text(LEFT - LETTER, y, Anchor.END, bar.name());
    double x = LEFT;
    boolean isWhole = true;
    for (int i = 0; i < bar.parts().size(); i++) {
      double part = bar.parts().get(i);
      isWhole &= !Double.isNaN(part);
      double width = Double.isNaN(part) ? 0 : part / most * BARS;
      svg.box(x, y - BAR + 3, width, BAR, Svg.colour(i));
      x += width;
    }
    String figure = Samples.text(format, bar.sum());
    svg.text(x + LETTER, y, Anchor.START, isWhole ? figure : figure + " and more");
  }
}
