package io.heatsink.benchmarks.load.report;

import io.heatsink.benchmarks.load.report.Sample.Loop;
import io.heatsink.benchmarks.load.traffic.Load;
import io.heatsink.benchmarks.load.traffic.Traffic;
import io.heatsink.benchmarks.plot.LineChart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Samples as drawings: medians over the rounds. */
public final class Plots {

  private static final double MOST = 100;

  private final Samples samples;
  private final List<Load> loads;

  public Plots(Samples samples) {
    this.samples = samples;
    loads = samples.loads().stream().filter(load -> load.traffic() != Traffic.FOOTPRINT).toList();
  }

  /** The text of each file by its name; none where no load was measured. */
  public Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    if (!loads.isEmpty()) {
      files.put("cpu.svg", cpu().svg("%.2f"));
      files.put("latency.svg", latency().svg());
      files.put("backend.svg", backend().svg("%.4f"));
    }
    return files;
  }

  private BarChart cpu() {
    List<BarChart.Panel> panels = new ArrayList<>();
    for (Load load : loads) {
      List<BarChart.Bar> bars = new ArrayList<>();
      for (String subject : samples.subjects(load)) {
        double proxy = subject.equals(Table.DIRECT) ? 0 : closed(load, subject, Figure.PROXY_US);
        double backend = closed(load, subject, Figure.BACKEND_US);
        bars.add(new BarChart.Bar(subject, List.of(proxy, backend)));
      }
      panels.add(new BarChart.Panel(load.title(), bars));
    }
    return new BarChart("CPU µs a command", List.of("proxy", "backend"), panels);
  }

  private BarChart backend() {
    List<BarChart.Panel> panels = new ArrayList<>();
    for (Load load : loads) {
      List<BarChart.Bar> bars = new ArrayList<>();
      for (String subject : samples.subjects(load)) {
        double commands = closed(load, subject, Figure.BACKEND_COMMANDS);
        bars.add(new BarChart.Bar(subject, List.of(commands)));
      }
      panels.add(new BarChart.Panel(load.title(), bars));
    }
    return new BarChart(
        "Commands of the backend for each of a client", List.of("commands"), panels);
  }

  private LineChart latency() {
    List<LineChart.Panel> panels = new ArrayList<>();
    for (Load load : loads) {
      List<LineChart.Line> lines = new ArrayList<>();
      for (String subject : samples.subjects(load)) {
        List<Double> values =
            Figure.latencies().stream()
                .map(figure -> samples.median(load, subject, Loop.OPEN, figure))
                .toList();
        lines.add(new LineChart.Line(subject, values));
      }
      double rate = samples.median(load, lines.get(0).name(), Loop.OPEN, Figure.TARGET);
      String title = load.title() + ", at " + Samples.text("%,.0f", rate) + " a second";
      panels.add(new LineChart.Panel(title, lines));
    }
    List<String> places = Figure.latencies().stream().map(Plots::place).toList();
    return new LineChart("Latency in ms by percentile, open loop", places, samples.names(), panels);
  }

  private static String place(Figure figure) {
    double percentile = figure.percentile();
    String digits = Double.toString(percentile).replaceAll("\\.0$", "");
    return percentile == MOST ? "max" : "p" + digits;
  }

  private double closed(Load load, String subject, Figure figure) {
    return samples.median(load, subject, Loop.CLOSED, figure);
  }
}
