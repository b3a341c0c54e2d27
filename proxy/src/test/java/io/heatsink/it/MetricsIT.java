package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a scrape shows, and what is sent as OpenTelemetry. */
class MetricsIT {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  @Test
  void namesHelpAndTypesFollowTheConventions() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      client.call("SET", "a", "b");
      String text = heatsink.admin("/metrics").body();
      Map<String, String> types = new TreeMap<>();
      text.lines()
          .filter(line -> line.startsWith("# TYPE "))
          .map(line -> line.split(" ", -1))
          .forEach(words -> types.put(words[2], words[3]));
      assertThat(types.keySet()).allMatch(name -> NAME.matcher(name).matches());
      assertThat(types)
          .allSatisfy(
              (name, type) -> {
                assertThat(text).contains("# HELP " + name + " ");
                if (name.startsWith("heatsink_")) {
                  // What it is, and what it calls for.
                  assertThat(text).containsPattern("# HELP " + name + " [^\n]+[:;(][^\n]{12,}");
                }
                assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
              });
      assertThat(types)
          .containsEntry("heatsink_command_latency_seconds", "histogram")
          .containsEntry("heatsink_cache_evictions_total", "counter")
          .containsEntry("heatsink_build_info", "gauge")
          .containsKeys(
              "jvm_memory_used_bytes",
              "jvm_threads_live_threads",
              "netty_allocator_memory_used",
              "netty_eventexecutor_tasks_pending",
              "process_uptime_seconds");
      assertThat(text.lines().filter(line -> !line.startsWith("#")).count()).isLessThan(400);
      assertThat(text).doesNotContain("heatsink_hot_key_");
    }
  }

  @Test
  void theHistogramCountsEveryCommand() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      for (int i = 0; i < 100; i++) {
        client.call("SET", "a", "b");
      }
      String name = "heatsink_command_latency_seconds";
      double count = heatsink.metric(name + "_count");
      assertThat(count).isBetween(100.0, 101.0);
      assertThat(heatsink.metric(name + "_bucket{le=\"+Inf\"}")).isEqualTo(count);
      assertThat(heatsink.metric(name + "_bucket{le=\"10.0\"}")).isEqualTo(count);
      assertThat(heatsink.metric(name + "_sum")).isBetween(1e-5, 20.0);
    }
  }

  @Test
  void hotKeysAreLabelsWhereThatIsAskedForAndNoMoreThanSo() {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(RedisServer.start(), config -> config.hotKeyLabels(1));
        RawClient client = heatsink.client()) {
      client.call("SET", "a\"\n", "b");
      client.call("SET", "c", "d");
      heatsink.absorb(client, "c");
      heatsink.absorb(client, "a\"\n");
      await()
          .untilAsserted(
              () ->
                  assertThat(heatsink.admin("/metrics").body().lines())
                      .filteredOn(line -> line.startsWith("heatsink_hot_key_commands_per_second{"))
                      .hasSize(1)
                      .allMatch(line -> line.contains("key=\"") && line.contains("heat=\"read\"")));
    }
  }

  @Test
  void metricsAreSentAsOpenTelemetry() throws IOException {
    Map<String, Metric> received = new ConcurrentHashMap<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/metrics",
        exchange -> {
          ExportMetricsServiceRequest request =
              ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes());
          request.getResourceMetricsList().stream()
              .flatMap(resource -> resource.getScopeMetricsList().stream())
              .flatMap(scope -> scope.getMetricsList().stream())
              .forEach(metric -> received.put(metric.getName(), metric));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    String url = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/metrics";
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(RedisServer.start(), config -> config.otlpUrl(url));
        RawClient client = heatsink.client()) {
      client.call("SET", "a", "b");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> value(received.get("heatsink.commands")) >= 1);
      assertThat(received)
          .containsKeys("heatsink.backend.reachable", "jvm.memory.used", "heatsink.cache.bytes");
    } finally {
      collector.stop(0);
    }
  }

  private static double value(@Nullable Metric counter) {
    return counter == null || counter.getSum().getDataPointsCount() == 0
        ? 0
        : counter.getSum().getDataPoints(0).getAsDouble();
  }
}
