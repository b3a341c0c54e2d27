package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus reads {@code /metrics} and the rules that are shipped, and every expression of
 * the rules and of the dashboard means something to it.
 */
class PrometheusIT {

  private static final Path CONFIG = Path.of("..", "config");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = RedisServer.freePort();

  @TempDir private Path folder = Path.of("");

  @Test
  void theRulesAndTheSampleConfigurationAreValid() throws Exception {
    String promtool = Programs.required("promtool");
    for (List<String> check :
        List.of(List.of("rules", "prometheus-alerts.yaml"), List.of("config", "prometheus.yaml"))) {
      List<String> command = new ArrayList<>(List.of(promtool, "check"));
      command.addAll(check);
      Programs.Outcome outcome = Programs.run(LIMIT, CONFIG, "", command);
      assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    }
  }

  @Test
  void theMetricsPassPrometheusOwnLint() throws Exception {
    String promtool = Programs.required("promtool");
    try (HeatsinkFixture heatsink = HeatsinkFixture.start()) {
      String text = heatsink.admin("/metrics").body();
      Programs.Outcome outcome =
          Programs.run(LIMIT, null, text, List.of(promtool, "check", "metrics"));
      assertThat(outcome.output().lines())
          .filteredOn(line -> line.startsWith("heatsink_"))
          .isEmpty();
      assertThat(outcome.output()).doesNotContain("error while linting");
    }
  }

  @Test
  void everyExpressionMeansSomething() throws Exception {
    String prometheus = Programs.required("prometheus");
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      Process process = start(prometheus, adminPort(heatsink));
      try {
        client.call("SET", "hot", "value");
        await()
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(200))
            .ignoreExceptions()
            .until(
                () -> {
                  heatsink.absorb(client, "hot");
                  client.call("INCR", "counter");
                  return !query("rate(heatsink_cache_hits_total[10s])").isEmpty();
                });
        for (String expression : dashboard()) {
          List<JsonElement> series = query(expression.replace("$__rate_interval", "10s"));
          assertThat(series).as(expression).isNotEmpty();
        }
        for (JsonElement group : ask("rules").getAsJsonArray("groups")) {
          for (JsonElement rule : group.getAsJsonObject().getAsJsonArray("rules")) {
            JsonObject alert = rule.getAsJsonObject();
            var unused = query(alert.get("query").getAsString());
            assertThat(alert.get("state").getAsString()).as(alert.toString()).isEqualTo("inactive");
          }
        }
      } finally {
        process.destroy();
        process.onExit().join();
      }
    }
  }

  private static int adminPort(HeatsinkFixture heatsink) {
    return Objects.requireNonNull(heatsink.heatsink().adminAddress()).getPort();
  }

  /** The shipped configuration, with another target and a faster clock. */
  private Process start(String prometheus, int target) throws IOException {
    Files.copy(CONFIG.resolve("prometheus-alerts.yaml"), folder.resolve("prometheus-alerts.yaml"));
    String text =
        Files.readString(CONFIG.resolve("prometheus.yaml"))
            .replace("127.0.0.1:9180", "127.0.0.1:" + target)
            .replace("15s", "1s");
    Path file = Files.writeString(folder.resolve("prometheus.yaml"), text);
    return new ProcessBuilder(
            prometheus,
            "--config.file=" + file,
            "--storage.tsdb.path=" + folder.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("prometheus.log").toFile())
        .start();
  }

  private static List<String> dashboard() throws IOException {
    JsonObject board =
        JsonParser.parseString(Files.readString(CONFIG.resolve("grafana-dashboard.json")))
            .getAsJsonObject();
    List<String> expressions = new ArrayList<>();
    for (JsonElement panel : board.getAsJsonArray("panels")) {
      for (JsonElement target : panel.getAsJsonObject().getAsJsonArray("targets")) {
        expressions.add(target.getAsJsonObject().get("expr").getAsString());
      }
    }
    return expressions;
  }

  private List<JsonElement> query(String expression) throws IOException, InterruptedException {
    String encoded = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    return ask("query?query=" + encoded).getAsJsonArray("result").asList();
  }

  private JsonObject ask(String what) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/api/v1/" + what);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
    String body = http.send(request, BodyHandlers.ofString()).body();
    JsonObject answer = JsonParser.parseString(body).getAsJsonObject();
    assertThat(answer.get("status").getAsString()).as(body).isEqualTo("success");
    return answer.getAsJsonObject("data");
  }
}
