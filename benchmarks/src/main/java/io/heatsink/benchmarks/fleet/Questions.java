package io.heatsink.benchmarks.fleet;

import static io.heatsink.benchmarks.fleet.Section.figure;
import static io.heatsink.benchmarks.fleet.Section.table;

import io.heatsink.benchmarks.fleet.XyChart.Axis;
import io.heatsink.benchmarks.fleet.XyChart.Scale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The questions of docs/scale.md, each answered with a table and a plot. Immutable. */
final class Questions {

  private static final int[] CACHED = {
    0, 1, 2, 5, 10, 20, 50, 100, 200, 460, 1_000, 2_000, 5_000, 10_000
  };
  private static final double[] WRITES = {0.01, 0.1, 1, 10, 100, 1_000};
  private static final int[] SHARDS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000};
  private static final double SLOT_SECONDS = 0.1;
  private static final double ROUND_TRIP_SECONDS = 0.001;

  private final Fleet fleet;

  Questions(Fleet fleet) {
    this.fleet = fleet;
  }

  List<Section> answers() {
    return List.of(nodes(), smallCache(), herd(), writes(), counters());
  }

  /** Fleets of other shapes that send the same reads. */
  private Fleet shape(int sidecars) {
    return new Fleet(
        sidecars,
        fleet.nodes(),
        fleet.keys(),
        fleet.zipf(),
        fleet.totalReadsPerSecond() / sidecars,
        fleet.celebrityShare(),
        fleet.ttlSeconds(),
        fleet.seed());
  }

  private Section nodes() {
    List<List<String>> rows = new ArrayList<>();
    for (int sidecars : new int[] {10_000, 1_000, 100, 10}) {
      NodeLoads loads = NodeLoads.of(shape(sidecars));
      rows.add(
          List.of(
              String.format(Locale.ROOT, "%,d x %,.0f", sidecars, shape(sidecars).readsPerSecond()),
              figure(loads.keptKeys()),
              figure(loads.without()[0]),
              figure(NodeLoads.imbalance(loads.without())),
              figure(loads.with()[0]),
              figure(NodeLoads.imbalance(loads.with())),
              figure(100 * loads.absorbed() / fleet.totalReadsPerSecond())));
    }
    List<String> heads =
        List.of(
            "sidecars x reads/s",
            "keys kept at each",
            "busiest node without, reads/s",
            "max/mean",
            "busiest node with, reads/s",
            "max/mean",
            "absorbed %");
    NodeLoads loads = NodeLoads.of(fleet);
    double[] ranks = IntStream.rangeClosed(1, fleet.nodes()).asDoubleStream().toArray();
    XyChart chart =
        new XyChart(
                "Reads that reach each node, busiest first",
                new Axis("node", Scale.LINEAR, 0, fleet.nodes()),
                new Axis("reads a second", Scale.LOG, 1_000, 1_000_000))
            .line("without Heatsink", ranks, loads.without())
            .line("with Heatsink", ranks, loads.with());
    return new Section("nodes", table(heads, rows), chart.svg());
  }

  private Section smallCache() {
    SmallCache cache = new SmallCache(fleet.nodes(), fleet.seed());
    double[] zipf = cache.byRates(fleet.ratesOfKeys(), CACHED);
    Fleet steeper = new Fleet(1, fleet.nodes(), fleet.keys(), 1.2, 1, 0, 1, fleet.seed());
    double[] steep = cache.byRates(steeper.ratesOfKeys(), CACHED);
    double[] worst = Arrays.stream(CACHED).mapToDouble(cache::byAdversary).toArray();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < CACHED.length; i++) {
      rows.add(
          List.of(
              figure(CACHED[i]),
              figure(CACHED[i] / SmallCache.knee(fleet.nodes())),
              figure(zipf[i]),
              figure(steep[i]),
              figure(worst[i]),
              figure(SmallCache.formula(fleet.nodes(), CACHED[i]))));
    }
    List<String> heads =
        List.of(
            "cached keys",
            "of n ln n",
            "Zipf 0.99",
            "Zipf 1.2",
            "chosen by an adversary",
            "formula");
    double[] sizes = Arrays.stream(CACHED).mapToDouble(size -> Math.max(1, size)).toArray();
    XyChart chart =
        new XyChart(
                "Busiest node over an even share, by cached keys",
                new Axis("cached keys", Scale.LOG, 1, 10_000),
                new Axis("max/mean", Scale.LINEAR, 0, 10))
            .line("Zipf 0.99", sizes, zipf)
            .line("Zipf 1.2", sizes, steep)
            .line("adversary (above 10: cut off)", sizes, worst)
            .mark("n ln n", SmallCache.knee(fleet.nodes()));
    return new Section("small-cache", table(heads, rows), chart.svg());
  }

  private Section herd() {
    double wait = 1 / fleet.celebrityPerSidecar();
    double jitter = 5.0 / 60;
    List<List<String>> rows = new ArrayList<>();
    rows.add(cycles("flash crowd, 60 s fixed", new Herd(fleet.sidecars(), 0.05, 60, 0, wait)));
    rows.add(cycles("flash crowd, 60 ± 5 s", new Herd(fleet.sidecars(), 0.05, 60, jitter, wait)));
    rows.add(cycles("restart in 1 s, 60 s fixed", new Herd(fleet.sidecars(), 1, 60, 0, wait)));
    rows.add(cycles("restart in 1 s, 60 ± 5 s", new Herd(fleet.sidecars(), 1, 60, jitter, wait)));
    rows.add(cycles("flash crowd, 1 s fixed", new Herd(fleet.sidecars(), 0.05, 1, 0, wait)));
    rows.add(cycles("flash crowd, 1 s ± 5/60", new Herd(fleet.sidecars(), 0.05, 1, jitter, wait)));
    List<String> heads =
        List.of("reads/s, busiest 100 ms", "first", "1st renewal", "2nd", "3rd", "5th", "10th");
    Axis time = new Axis("seconds", Scale.LINEAR, 0, 300);
    Axis reads = new Axis("reads a second, over 100 ms", Scale.LOG, 10, 10_000);
    XyChart chart = new XyChart("1,000 sidecars that kept one key at the same moment", time, reads);
    chart.line("60 s fixed", slots(), busiest(new Herd(fleet.sidecars(), 0.05, 60, 0, wait)));
    chart.line("60 s ± 5 s", slots(), busiest(new Herd(fleet.sidecars(), 0.05, 60, jitter, wait)));
    return new Section("herd", table(heads, rows), chart.svg());
  }

  private List<String> cycles(String name, Herd herd) {
    double last = 11 * (herd.ttlSeconds() + 1);
    int[] fills = herd.fills(SLOT_SECONDS, last, fleet.seed());
    List<String> row = new ArrayList<>(List.of(name));
    for (int cycle : new int[] {0, 1, 2, 3, 5, 10}) {
      row.add(figure(herd.peak(fills, SLOT_SECONDS, cycle) / SLOT_SECONDS));
    }
    return row;
  }

  private static double[] slots() {
    return IntStream.range(0, 300).asDoubleStream().toArray();
  }

  /** Reads a second in the busiest tenth of each second. */
  private double[] busiest(Herd herd) {
    int[] fills = herd.fills(SLOT_SECONDS, 300, fleet.seed());
    return IntStream.range(0, 300)
        .mapToDouble(
            second ->
                Arrays.stream(fills, 10 * second, 10 * second + 10).max().orElse(0) / SLOT_SECONDS)
        .toArray();
  }

  private Section writes() {
    List<List<String>> rows = new ArrayList<>();
    double[] fills = new double[WRITES.length];
    double[] sent = new double[WRITES.length];
    for (int i = 0; i < WRITES.length; i++) {
      WriteFanOut fan =
          new WriteFanOut(
              fleet.sidecars(), fleet.celebrityPerSidecar(), fleet.ttlSeconds(), WRITES[i]);
      fills[i] = fan.fillsPerSecond();
      sent[i] = fan.invalidationsPerWrite() * WRITES[i];
      rows.add(
          List.of(
              figure(WRITES[i]),
              figure(fan.invalidationsPerWrite()),
              figure(fan.fillsPerWrite()),
              figure(fills[i]),
              figure(
                  fan.simulatedFillsPerSecond(
                      Math.max(10, Math.min(2_000, 200 / WRITES[i])), fleet.seed())),
              figure(100 * fan.absorbed())));
    }
    List<String> heads =
        List.of(
            "writes/s",
            "invalidations a write",
            "fills a write",
            "fills/s",
            "fills/s, simulated",
            "reads absorbed %");
    double[] scaled = Arrays.stream(WRITES).map(rate -> rate * 100).toArray();
    XyChart chart =
        new XyChart(
                "A celebrity key that is written, with invalidations",
                new Axis("writes in 100 seconds", Scale.LOG, 1, 100_000),
                new Axis("a second, on the key's node", Scale.LOG, 1, 100_000_000))
            .line("fills", scaled, fills)
            .line("invalidations sent", scaled, sent);
    return new Section("writes", table(heads, rows), chart.svg());
  }

  private Section counters() {
    CounterShards counter =
        new CounterShards(
            fleet.sidecars(), fleet.celebrityPerSidecar(), ROUND_TRIP_SECONDS, fleet.nodes());
    double alone = fleet.celebrityPerSidecar();
    double combined = counter.combinedPerSidecar();
    List<List<String>> rows = new ArrayList<>();
    double[][] lines = new double[3][SHARDS.length];
    for (int i = 0; i < SHARDS.length; i++) {
      int shards = SHARDS[i];
      lines[0][i] = counter.busiestNode(shards, alone, fleet.seed());
      lines[1][i] = counter.busiestNode(shards, combined, fleet.seed());
      lines[2][i] = counter.busiestNodeWithTotals(shards, combined, fleet.seed());
      rows.add(
          List.of(
              figure(shards),
              figure(counter.busiestNodesShards(shards, fleet.seed())),
              figure(counter.unluckyNodesShards(shards, fleet.seed())),
              figure(lines[0][i]),
              figure(lines[1][i]),
              figure(lines[2][i])));
    }
    List<String> heads =
        List.of(
            "shards",
            "on the busiest node, median",
            "1 placement in 100",
            "increments/s there",
            "combined",
            "combined, total read each time: keys/s");
    double[] shards = Arrays.stream(SHARDS).asDoubleStream().toArray();
    XyChart chart =
        new XyChart(
                "One counter, 600,000 increments a second: commands on the busiest node",
                new Axis("shards", Scale.LOG, 1, 1_000),
                new Axis("commands a second", Scale.LOG, 1_000, 1_000_000_000))
            .line("each increment alone", shards, lines[0])
            .line("combined", shards, lines[1])
            .line("combined, total read each time", shards, lines[2]);
    return new Section("counters", table(heads, rows), chart.svg());
  }
}
