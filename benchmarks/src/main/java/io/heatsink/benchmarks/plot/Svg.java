package io.heatsink.benchmarks.plot;

import java.util.Locale;

/** Builds a drawing: rectangles, lines and text, one element a line. For one thread. */
public final class Svg {

  /** One colour for each series, the first the strongest; they come again after the last. */
  private static final String[] COLOURS = {
    "#c0392b", "#2c6fad", "#7f8c8d", "#d98c1f", "#3c8d5a", "#7d5ba6", "#17808a", "#b0577f"
  };

  /** Where a text is held. */
  public enum Anchor {
    START,
    MIDDLE,
    END
  }

  private final StringBuilder body = new StringBuilder();

  /** The colour of a series, counted from 0. */
  public static String colour(int series) {
    return COLOURS[series % COLOURS.length];
  }

  /** Text on the line at {@code y}. */
  public Svg text(double x, double y, Anchor anchor, String text) {
    return text(x, y, anchor, "#222222", text);
  }

  /** Coloured text on the line at {@code y}. */
  public Svg text(double x, double y, Anchor anchor, String colour, String text) {
    return add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
        x, y, anchor.name().toLowerCase(Locale.ROOT), colour, escaped(text));
  }

  /** Bold text that begins at {@code x}. */
  public Svg title(double x, double y, String text) {
    return add(
        "<text x=\"%.1f\" y=\"%.1f\" font-weight=\"bold\" fill=\"#222222\">%s</text>",
        x, y, escaped(text));
  }

  /** A filled rectangle. */
  public Svg box(double x, double y, double width, double height, String colour) {
    return add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
        x, y, width, height, colour);
  }

  /** A faint line. */
  public Svg line(double x1, double y1, double x2, double y2) {
    return add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>",
        x1, y1, x2, y2);
  }

  /** A dashed line, which marks a place. */
  public Svg mark(double x1, double y1, double x2, double y2) {
    return add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#888888\""
            + " stroke-dasharray=\"4 3\"/>",
        x1, y1, x2, y2);
  }

  /** A line through points written as {@code x,y x,y}. */
  public Svg path(String points, String colour) {
    return add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", points, colour);
  }

  private Svg add(String format, Object... values) {
    body.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** The whole drawing on white. */
  public String drawing(double width, double height) {
    return String.format(
        Locale.ROOT,
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$.0f" height="%2$.0f" \
        viewBox="0 0 %1$.0f %2$.0f" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        %3$s</svg>
        """,
        width,
        height,
        body);
  }
}
