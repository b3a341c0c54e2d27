package io.heatsink.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** The Prometheus names of what the lanes count. Thread-safe. */
public final class ProxyMeters implements AutoCloseable {

  private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999, 1};
  private static final long INTERVAL_NANOS = 10_000_000_000L;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Supplier<LaneStats> source;
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Recent latency = new Recent();
  private final Recent staleness = new Recent();
  private volatile LaneStats total = new LaneStats();
  private long intervalFromNanos = System.nanoTime();

  /** {@code source} adds up copies of the lanes' counters; it may block for a moment. */
  public ProxyMeters(Supplier<LaneStats> source) {
    this.source = source;
    LaneCount.ALL.forEach(this::register);
    for (double quantile : QUANTILES) {
      quantile("command.latency", "From the read of a command to its reply", latency, quantile);
      quantile("staleness", "Age of answers that shadow reads found stale", staleness, quantile);
    }
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  private void register(LaneCount count) {
    String name = "heatsink." + count.name();
    if (count.isLevel()) {
      gauge(name, count.help(), () -> count.value().applyAsLong(total));
    } else {
      FunctionCounter.builder(name, this, meters -> count.value().applyAsLong(meters.total))
          .description(count.help())
          .register(registry);
    }
  }

  private void quantile(String name, String help, Recent of, double quantile) {
    Gauge.builder("heatsink." + name + ".seconds", () -> of.seconds(quantile))
        .tag("quantile", Double.toString(quantile))
        .description(help + ", over the last 10 s or more")
        .register(registry);
  }

  /** One more gauge, read at each scrape. */
  public void gauge(String name, String help, DoubleSupplier value) {
    Gauge.builder(name, value::getAsDouble).description(help).register(registry);
  }

  /** The text that Prometheus reads. */
  public String scrape() {
    refresh();
    return registry.scrape();
  }

  private synchronized void refresh() {
    LaneStats now = source.get();
    total = now;
    boolean isNext = System.nanoTime() - intervalFromNanos > INTERVAL_NANOS;
    if (isNext) {
      intervalFromNanos = System.nanoTime();
    }
    latency.refresh(now.latencyMicros(), isNext);
    staleness.refresh(now.stalenessMicros(), isNext);
  }

  /** What a histogram of microseconds has gathered of late. */
  private static final class Recent {
    private Histogram before = new Histogram(2);
    private volatile Histogram since = before;

    /** {@code isNext} has what follows counted apart from what was before. */
    void refresh(Histogram now, boolean isNext) {
      Histogram latest = now.copy();
      latest.subtract(before);
      since = latest;
      if (isNext) {
        before = now;
      }
    }

    double seconds(double quantile) {
      return since.getValueAtPercentile(quantile * 100) / 1e6;
    }
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
