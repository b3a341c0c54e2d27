package io.heatsink.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends the meters to an OpenTelemetry collector, OTLP over HTTP. Apart from {@link ProxyMeters},
 * so that its classes are loaded only where it is on. Thread-safe.
 */
final class OtlpExport extends OtlpMeterRegistry {

  private final Runnable refresh;

  private OtlpExport(OtlpConfig config, Runnable refresh) {
    super(config, Clock.SYSTEM);
    this.refresh = refresh;
  }

  /**
   * Sends until closed.
   *
   * @param refresh is run before each
   */
  static OtlpExport start(String url, Duration every, Runnable refresh) {
    return new OtlpExport(new Config(url, every), refresh);
  }

  @Override
  protected void publish() {
    refresh.run();
    super.publish();
  }

  /** Those of the environment ({@code OTEL_…}) hold for what is not said here. */
  private record Config(String url, Duration step) implements OtlpConfig {

    @Override
    public @Nullable String get(String key) {
      return null;
    }

    @Override
    public Map<String, String> resourceAttributes() {
      return Map.of("service.name", "heatsink");
    }
  }
}
