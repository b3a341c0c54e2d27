package io.heatsink.benchmarks.demo;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * Shows the run while it goes on: a panel that is redrawn on a terminal, otherwise one line a
 * second. Confined to one thread.
 */
final class Screen {

  private static final int BAR = 40;
  private static final int HOT_KEYS = 3;

  private final PrintWriter out;
  private final boolean terminal;
  private final double fullRate;
  private int drawn;

  Screen(PrintWriter out, boolean terminal, double fullRate) {
    this.out = out;
    this.terminal = terminal;
    this.fullRate = fullRate;
  }

  /** Shows what happened between two observations. */
  void show(Observation before, Observation after, boolean calm) {
    double seconds = Math.max(1e-3, after.seconds() - before.seconds());
    double asked = (after.asked() - before.asked()) / seconds;
    double saw = (after.redisSaw() - before.redisSaw()) / seconds;
    String phase = calm ? "calm " : "crowd";
    String hot =
        after.hotKeys().isEmpty()
            ? "none"
            : after.hotKeys().stream()
                .limit(HOT_KEYS)
                .map(Observation.Hot::toString)
                .collect(Collectors.joining(", "));
    if (!terminal) {
      out.println(
          text(
                  "%3.0f s  %s  asked %,7.0f/s  Redis saw %,7.0f/s",
                  after.seconds(), phase, asked, saw)
              + "  "
              + latency(after.latencies())
              + "  hot: "
              + hot);
      return;
    }
    redraw(
        List.of(
            text("%3.0f s   %s", after.seconds(), phase),
            text("  clients ask  %,8.0f/s  %s", asked, bar(asked)),
            text("  Redis sees   %,8.0f/s  %s", saw, bar(saw)),
            "  latency      " + latency(after.latencies()),
            "  hot keys     " + hot));
  }

  /** Percentiles in milliseconds. */
  static String latency(Histogram histogram) {
    return text(
        "p50 %.2f ms  p99 %.2f ms  p99.9 %.2f ms",
        histogram.getValueAtPercentile(50) / 1e6,
        histogram.getValueAtPercentile(99) / 1e6,
        histogram.getValueAtPercentile(99.9) / 1e6);
  }

  static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private String bar(double rate) {
    int filled = (int) Math.round(BAR * Math.min(1, rate / fullRate));
    return "#".repeat(filled) + ".".repeat(BAR - filled);
  }

  private void redraw(List<String> lines) {
    if (drawn > 0) {
      out.print("\u001b[" + drawn + "A");
    }
    for (String line : lines) {
      out.println("\u001b[2K" + line);
    }
    out.flush();
    drawn = lines.size();
  }
}
