package io.heatsink.benchmarks.fleet;

import java.util.List;
import java.util.Locale;

/**
 * What one question came to. Immutable.
 *
 * @param name of the table, and of the plot's file
 * @param table Markdown, each line ended
 * @param plot SVG
 */
record Section(String name, String table, String plot) {

  /** A table of figures to the right of names. */
  static String table(List<String> heads, List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    text.append("| ").append(String.join(" | ", heads)).append(" |\n|---|");
    text.append("---:|".repeat(heads.size() - 1)).append('\n');
    for (List<String> row : rows) {
      text.append("| ").append(String.join(" | ", row)).append(" |\n");
    }
    return text.toString();
  }

  /** What the plot's file is called. */
  String file() {
    return "fleet-" + name + ".svg";
  }

  /** A figure that is not negative, to three digits that say something, thousands apart. */
  static String figure(double value) {
    String format = value >= 10 ? "%.1f" : value >= 0.01 ? "%.2f" : "%.4f";
    boolean whole = value >= 100 || value == Math.rint(value);
    return String.format(Locale.ROOT, whole ? "%,.0f" : format, value);
  }
}
