package io.heatsink.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyEventExecutorMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.concurrent.EventExecutor;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What the lanes count under the names that Prometheus and OpenTelemetry have for it. Thread-safe.
 */
public final class ProxyMeters implements AutoCloseable {

  private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999, 1};
  private static final String LATENCY =
      "From the read of a command to its reply; high with a fast backend: look at CPU and pauses";
  private static final String STALENESS =
      "Age of answers that shadow reads found stale; too old: lower cache.ttl for these keys";
  private static final long INTERVAL_NANOS = 10_000_000_000L;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Supplier<LaneStats> source;
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final List<MeterBinder> binders = new ArrayList<>();
  private final Recent latency = new Recent();
  private final Recent staleness = new Recent();
  private volatile LaneStats total = new LaneStats();
  private long intervalFromNanos = System.nanoTime();
  private @Nullable MeterRegistry export;

  /**
   * What lanes count, and the JVM and Netty.
   *
   * @param source adds up copies of the lanes' counters; may block for a moment
   * @param loops of the lanes
   */
  public ProxyMeters(Supplier<LaneStats> source, Iterable<EventExecutor> loops) {
    this.source = source;
    binders.add(this::lanes);
    binders.add(new JvmMemoryMetrics());
    binders.add(new JvmThreadMetrics());
    binders.add(new ClassLoaderMetrics());
    binders.add(new ProcessorMetrics());
    binders.add(new UptimeMetrics());
    binders.add(new FileDescriptorMetrics());
    binders.add(gc);
    binders.add(new NettyEventExecutorMetrics(loops));
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
      binders.add(new NettyAllocatorMetrics(allocator));
    }
    binders.forEach(binder -> binder.bindTo(registry));
    histogram("heatsink_command_latency_seconds", LATENCY, () -> total.latencyMicros());
    histogram("heatsink_staleness_seconds", STALENESS, () -> total.stalenessMicros());
  }

  private void histogram(String name, String help, Supplier<Histogram> micros) {
    prometheus().register(new LatencyHistogram(name, help, micros));
  }

  private PrometheusRegistry prometheus() {
    return registry.getPrometheusRegistry();
  }

  private void lanes(MeterRegistry to) {
    LaneCount.ALL.forEach(count -> register(count, to));
  }

  /** What {@link LatencyHistogram} has for Prometheus. */
  private void quantiles(MeterRegistry to) {
    for (double quantile : QUANTILES) {
      quantile(to, "command.latency", LATENCY, latency, quantile);
      quantile(to, "staleness", STALENESS, staleness, quantile);
    }
  }

  private void register(LaneCount count, MeterRegistry to) {
    String name = "heatsink." + count.name();
    if (count.isLevel()) {
      Gauge.builder(name, () -> count.value().applyAsLong(total))
          .description(count.help())
          .register(to);
    } else {
      FunctionCounter.builder(name, this, meters -> count.value().applyAsLong(meters.total))
          .description(count.help())
          .register(to);
    }
  }

  private static void quantile(
      MeterRegistry to, String name, String help, Recent of, double quantile) {
    Gauge.builder("heatsink." + name + ".seconds", () -> of.seconds(quantile))
        .tag("quantile", Double.toString(quantile))
        .description(help + ", over the last 10 s or more")
        .register(to);
  }

  /** One more gauge, read at each scrape; before {@link #export}. */
  public void gauge(String name, String help, DoubleSupplier value) {
    add(to -> Gauge.builder(name, value::getAsDouble).description(help).register(to));
  }

  /** One more counter, read at each scrape; before {@link #export}. */
  public void counter(String name, String help, DoubleSupplier value) {
    add(
        to ->
            FunctionCounter.builder(name, value, DoubleSupplier::getAsDouble)
                .description(help)
                .register(to));
  }

  private void add(MeterBinder binder) {
    binders.add(binder);
    binder.bindTo(registry);
  }

  /** Tells which build this is. */
  public void build(String version) {
    InfoSnapshot info =
        InfoSnapshot.builder()
            .name("heatsink_build")
            .help("The release, and the Java it runs on: one in a whole fleet, upgrades apart")
            .dataPoint(
                InfoDataPointSnapshot.builder()
                    .labels(
                        Labels.of("version", version, "java", System.getProperty("java.version")))
                    .build())
            .build();
    prometheus().register(() -> info);
  }

  /** The hottest keys as labels, {@code most} of them; for Prometheus alone. */
  public void hotKeys(Supplier<List<HotKeyRate>> keys, IntSupplier most) {
    prometheus().register(new HotKeyLabels(keys, most));
  }

  /** Sends all meters there too, by OTLP over HTTP, until closed; at most once. */
  public void export(String url, Duration every) {
    MeterRegistry to = OtlpExport.start(url, every, this::refresh);
    binders.forEach(binder -> binder.bindTo(to));
    quantiles(to);
    export = to;
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
    MeterRegistry sending = export;
    if (sending != null) {
      sending.close();
    }
    registry.close();
  }
}
