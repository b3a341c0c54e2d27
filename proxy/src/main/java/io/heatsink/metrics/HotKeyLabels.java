package io.heatsink.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** The hottest keys as labels, as many as were asked for; by default none. Thread-safe. */
final class HotKeyLabels implements MultiCollector {

  private static final int MAX_KEY_CHARACTERS = 128;

  private final Supplier<List<HotKeyRate>> keys;
  private final IntSupplier most;

  HotKeyLabels(Supplier<List<HotKeyRate>> keys, IntSupplier most) {
    this.keys = keys;
    this.most = most;
  }

  @Override
  public MetricSnapshots collect() {
    int count = most.getAsInt();
    GaugeSnapshot.Builder rates =
        GaugeSnapshot.builder()
            .name("heatsink_hot_key_commands_per_second")
            .help("Commands on the hottest keys (metrics.hot-key-labels): give the pattern a rule");
    // Two long keys may look alike when they are cut: the hotter one is told then.
    Set<Labels> told = new HashSet<>();
    if (count > 0) {
      keys.get().stream()
          .sorted(Comparator.comparingDouble(HotKeyRate::commandsPerSecond).reversed())
          .limit(count)
          .filter(key -> told.add(labels(key)))
          .forEach(
              key ->
                  rates.dataPoint(
                      GaugeDataPointSnapshot.builder()
                          .labels(labels(key))
                          .value(key.commandsPerSecond())
                          .build()));
    }
    return told.isEmpty() ? MetricSnapshots.of() : MetricSnapshots.of(rates.build());
  }

  private static Labels labels(HotKeyRate key) {
    String name = key.key();
    String shown = name.substring(0, Math.min(name.length(), MAX_KEY_CHARACTERS));
    return Labels.of(
        "key", shown, "database", Integer.toString(key.database()), "heat", key.heat());
  }
}
