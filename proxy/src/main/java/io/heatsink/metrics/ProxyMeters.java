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
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** The Prometheus names of what the lanes count. Thread-safe. */
public final class ProxyMeters implements AutoCloseable {

  private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999};
  private static final long INTERVAL_NANOS = 10_000_000_000L;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Supplier<LaneStats> source;
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private volatile LaneStats total;
  private Histogram before;
  private volatile Histogram interval;
  private long intervalFromNanos = System.nanoTime();

  /** {@code source} adds up copies of the lanes' counters; it may block for a moment. */
  public ProxyMeters(Supplier<LaneStats> source) {
    this.source = source;
    total = new LaneStats();
    before = total.latencyMicros();
    interval = before;
    registerClients();
    registerRemedies();
    registerBackend();
    for (double quantile : QUANTILES) {
      Gauge.builder("heatsink.command.latency.seconds", () -> latencySeconds(quantile))
          .tag("quantile", Double.toString(quantile))
          .description("From the read of a command to its reply, over the last 10 s or more")
          .register(registry);
    }
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  private void registerClients() {
    counter("heatsink.commands", "Commands taken from clients", s -> s.commands);
    counter("heatsink.reads", "Reads of one key taken from clients", s -> s.reads);
    counter("heatsink.client.received.bytes", "Bytes read from clients", s -> s.clientBytesIn);
    counter("heatsink.client.sent.bytes", "Bytes written to clients", s -> s.clientBytesOut);
    counter("heatsink.client.accepted", "Clients accepted", s -> s.clientsAccepted);
    counter("heatsink.client.refused", "Clients over clients.max", s -> s.clientsRefused);
    counter(
        "heatsink.client.over.limit",
        "Clients closed over clients.max-output-bytes",
        s -> s.clientsClosedOverLimit);
    counter("heatsink.client.pauses", "Times a client was held back", s -> s.clientsPaused);
    counter("heatsink.protocol.errors", "Requests that were no RESP", s -> s.protocolErrors);
    stat("heatsink.clients", "Clients connected", s -> s.clients);
  }

  private void registerRemedies() {
    counter("heatsink.cache.hits", "Reads answered from the near cache", s -> s.hits);
    counter(
        "heatsink.stale.served",
        "Hits with old answers (stale-if-error): the backend is away, look after it",
        s -> s.staleServed);
    counter("heatsink.cache.misses", "Hot reads that the near cache had not", s -> s.misses);
    counter("heatsink.cache.fills", "Reads sent to fill the near cache", s -> s.fills);
    counter(
        "heatsink.cache.fills.discarded",
        "Fills not stored: written meanwhile, too large, or an error",
        s -> s.fillsDiscarded);
    counter("heatsink.coalesced", "Reads answered by another's flight", s -> s.coalesced);
    counter("heatsink.combined", "Increments that travelled with others", s -> s.combined);
    counter("heatsink.split.increments", "Increments of split counters", s -> s.splitIncrements);
  }

  private void registerBackend() {
    counter("heatsink.backend.commands", "Commands sent to the backend", s -> s.backendCommands);
    counter(
        "heatsink.backend.errors",
        "Commands that got no reply from the backend",
        s -> s.backendErrors);
    counter("heatsink.backend.reconnects", "Attempts to reconnect", s -> s.backendReconnects);
    counter("heatsink.backend.received.bytes", "Bytes of replies", s -> s.backendBytesIn);
    counter("heatsink.backend.sent.bytes", "Bytes of commands", s -> s.backendBytesOut);
    counter("heatsink.invalidations", "Changes that the backend told of", s -> s.invalidations);
    stat("heatsink.backend.connections", "Connections open", s -> s.backendConnections);
    stat("heatsink.backend.pinned", "Connections that one client has to itself", s -> s.pinned);
  }

  private void counter(String name, String help, ToDoubleFunction<LaneStats> value) {
    FunctionCounter.builder(name, this, meters -> value.applyAsDouble(meters.total))
        .description(help)
        .register(registry);
  }

  private void stat(String name, String help, ToDoubleFunction<LaneStats> value) {
    gauge(name, help, () -> value.applyAsDouble(total));
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
    Histogram since = now.latencyMicros().copy();
    since.subtract(before);
    interval = since;
    if (System.nanoTime() - intervalFromNanos > INTERVAL_NANOS) {
      intervalFromNanos = System.nanoTime();
      before = now.latencyMicros();
    }
  }

  private double latencySeconds(double quantile) {
    return interval.getValueAtPercentile(quantile * 100) / 1e6;
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
