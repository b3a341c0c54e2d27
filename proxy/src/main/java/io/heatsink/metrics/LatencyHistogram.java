package io.heatsink.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** A histogram of microseconds as Prometheus has it, in seconds. Thread-safe. */
final class LatencyHistogram implements Collector {

  /** Upper bounds: from an answer out of memory to a backend that has stopped answering. */
  private static final double[] SECONDS = {
    0.0001,
    0.00025,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
    Double.POSITIVE_INFINITY
  };

  private final String name;
  private final String help;
  private final Supplier<Histogram> micros;

  LatencyHistogram(String name, String help, Supplier<Histogram> micros) {
    this.name = name;
    this.help = help;
    this.micros = micros;
  }

  @Override
  public HistogramSnapshot collect() {
    Histogram all = micros.get();
    long[] counts = new long[SECONDS.length];
    long below = 0;
    for (int i = 0; i < counts.length; i++) {
      boolean isLast = i == counts.length - 1;
      long upTo =
          isLast ? all.getTotalCount() : all.getCountBetweenValues(0, Math.round(SECONDS[i] * 1e6));
      counts[i] = upTo - below;
      below = upTo;
    }
    return HistogramSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(
            HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(SECONDS, counts))
                .sum(sumSeconds(all))
                .build())
        .build();
  }

  private static double sumSeconds(Histogram all) {
    double micros = 0;
    for (HistogramIterationValue value : all.recordedValues()) {
      micros += (double) value.getValueIteratedTo() * value.getCountAtValueIteratedTo();
    }
    return micros / 1e6;
  }
}
