package io.heatsink.benchmarks.load.report;

import static io.heatsink.benchmarks.load.report.Samples.text;

import io.heatsink.benchmarks.load.report.Sample.Loop;
import io.heatsink.benchmarks.load.traffic.Load;
import io.heatsink.benchmarks.load.traffic.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Samples as Markdown: medians over the rounds. */
public final class Table {

  private static final String LOADS =
      """
      | load | subject | ops/s | vs direct | proxy CPU s/M | backend CPU s/M | both CPU s/M \
      | vs direct | latency at ops/s | p50 ms | p99 ms | p99.9 ms | RSS MB \
      | backend commands per command |
      |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
      """;

  private static final String ABSORBED =
      """
      | load | subject | reads absorbed | by exact knowledge |
      |---|---|---:|---:|
      """;

  private static final String CROWD =
      """
      | load | subject | backend reads/s of the crowd's key, closed loop | open loop |
      |---|---|---:|---:|
      """;

  private static final String FOOTPRINT =
      """
      | subject | start to first PONG ms | RSS idle MB | 1,000 connections more MB \
      | RSS at most under load MB |
      |---|---:|---:|---:|---:|
      """;

  static final String DIRECT = "direct";
  private static final double PERCENT = 100;

  private final Samples samples;

  public Table(Samples samples) {
    this.samples = samples;
  }

  /** All tables that have a row, an empty line between two. */
  public String markdown() {
    List<String> tables = new ArrayList<>();
    add(tables, LOADS, rows(load -> load.traffic() != Traffic.FOOTPRINT, this::load));
    add(tables, ABSORBED, rows(Load::readsHotKeys, this::absorbed));
    add(tables, CROWD, rows(load -> load.traffic() == Traffic.CROWD, this::crowd));
    add(tables, FOOTPRINT, rows(load -> load.traffic() == Traffic.FOOTPRINT, this::footprint));
    return String.join("\n", tables);
  }

  private static void add(List<String> tables, String header, String rows) {
    if (!rows.isEmpty()) {
      tables.add(header + rows);
    }
  }

  /** Makes the cells of a row; none where there is nothing to show. */
  private interface Row {
    List<String> of(Load load, String subject);
  }

  private String rows(Predicate<Load> shown, Row row) {
    StringBuilder text = new StringBuilder();
    for (Load load : samples.loads().stream().filter(shown).toList()) {
      for (String subject : samples.subjects(load)) {
        List<String> cells = row.of(load, subject);
        if (!cells.isEmpty()) {
          text.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }
      }
    }
    return text.toString();
  }

  private List<String> load(Load load, String subject) {
    double perSecond = closed(load, subject, Figure.PER_SECOND);
    double both = both(samples, load, subject);
    List<String> cells = new ArrayList<>(List.of(load.title(), subject));
    cells.add(text("%,.0f", perSecond));
    cells.add(text("%.2f", perSecond / closed(load, DIRECT, Figure.PER_SECOND)));
    cells.add(text("%.2f", closed(load, subject, Figure.PROXY_US)));
    cells.add(text("%.2f", closed(load, subject, Figure.BACKEND_US)));
    cells.add(text("%.2f", both));
    cells.add(text("%.2f", both / both(samples, load, DIRECT)));
    cells.add(text("%,.0f", open(load, subject, Figure.TARGET)));
    cells.add(text("%.3f", open(load, subject, Figure.P50_MS)));
    cells.add(text("%.3f", open(load, subject, Figure.P99_MS)));
    cells.add(text("%.3f", open(load, subject, Figure.P99_9_MS)));
    cells.add(text("%.0f", closed(load, subject, Figure.RSS_MB)));
    cells.add(text("%.4f", closed(load, subject, Figure.BACKEND_COMMANDS)));
    return cells;
  }

  /** CPU of proxy and backend; NaN where a proxy's is not known. */
  static double both(Samples samples, Load load, String subject) {
    double backend = samples.median(load, subject, Loop.CLOSED, Figure.BACKEND_US);
    double proxy = samples.median(load, subject, Loop.CLOSED, Figure.PROXY_US);
    return subject.equals(DIRECT) ? backend : proxy + backend;
  }

  private List<String> absorbed(Load load, String subject) {
    double absorbed = closed(load, subject, Figure.ABSORBED);
    if (Double.isNaN(absorbed)) {
      return List.of();
    }
    return List.of(
        load.title(),
        subject,
        text("%.2f %%", PERCENT * absorbed),
        text("%.2f %%", PERCENT * closed(load, subject, Figure.ABSORBABLE)));
  }

  private List<String> crowd(Load load, String subject) {
    if (Double.isNaN(closed(load, subject, Figure.CROWD_READS))) {
      return List.of();
    }
    return List.of(
        load.title(),
        subject,
        text("%,.1f", closed(load, subject, Figure.CROWD_READS)),
        text("%,.1f", open(load, subject, Figure.CROWD_READS)));
  }

  private List<String> footprint(Load load, String subject) {
    return List.of(
        subject,
        text("%,.0f", closed(load, subject, Figure.START_MS)),
        text("%.0f", closed(load, subject, Figure.IDLE_MB)),
        text("%.1f", closed(load, subject, Figure.CONNECTIONS_MB)),
        text("%.0f", closed(load, subject, Figure.LOADED_MB)));
  }

  private double closed(Load load, String subject, Figure figure) {
    return samples.median(load, subject, Loop.CLOSED, figure);
  }

  private double open(Load load, String subject, Figure figure) {
    return samples.median(load, subject, Loop.OPEN, figure);
  }
}
