package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.Failures;
import io.heatsink.terminal.ConfigCommand;
import io.heatsink.terminal.HealthCommand;
import io.heatsink.terminal.ReloadCommand;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** heatsink health, config and reload, before a running Heatsink that has secrets. */
class OperatingCommandsIT {

  private static final String OF_BACKEND = "backend-secret-1";
  private static final String OF_ADMIN = "admin-secret-2";
  private static final String OF_URL = "url-secret-3";

  @TempDir private Path folder = Path.of("");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Callable<Integer> command, String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Failures.reportOn(new CommandLine(command))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words);
  }

  private static String get(ServedProcess served, String path, String token) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + served.adminPort() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  @Test
  void settingsAreShownWithoutSecretsAndReadAnew() throws Exception {
    Path secret = Files.writeString(folder.resolve("redis-password"), OF_BACKEND + "\n");
    Path token = Files.writeString(folder.resolve("token"), OF_ADMIN + "\n");
    Path file = file("60s");
    try (RedisServer redis = RedisServer.start("--requirepass", OF_BACKEND);
        ServedProcess served =
            new ServedProcess(
                Map.of(
                    "HEATSINK_ADMIN_TOKEN",
                    OF_ADMIN,
                    "HEATSINK_BACKEND_URL",
                    "redis://default:" + OF_URL + "@127.0.0.1:" + redis.port(),
                    "HEATSINK_METRICS_OTLP_URL",
                    "http://u:" + OF_URL + "@127.0.0.1:1/v1/metrics?api-key=" + OF_URL),
                "--listen",
                "127.0.0.1:0",
                "--config",
                file.toString(),
                "--backend-password-file",
                secret.toString());
        RawClient client = served.client()) {
      String at = "--admin=127.0.0.1:" + served.adminPort();
      await().until(() -> client.call("PING").equals("+PONG\r\n"));
      assertThat(run(new HealthCommand(), at)).isZero();
      await().until(() -> run(new HealthCommand(), at, "--ready") == 0);
      assertThat(run(new ConfigCommand(), at)).isEqualTo(1);
      assertThat(err.toString()).contains("asks for its admin token");
      String with = "--token-file=" + token;
      assertThat(run(new ConfigCommand(), at, with)).isZero();
      assertThat(out.toString())
          .contains("cache.ttl=60s (" + file, "lanes=1 (default)")
          .contains("admin.token=*** (variable", "redis://default:***@127.0.0.1:");
      assertThat(run(new ConfigCommand(), at, with, "--given")).isZero();
      assertThat(out.toString()).contains("cache.ttl=60s").doesNotContain("(default)");
      file("5s");
      assertThat(run(new ReloadCommand(), at, with)).isZero();
      assertThat(out.toString()).contains("cache.ttl: 60s -> 5s");
      assertThat(run(new ReloadCommand(), at, with)).isZero();
      assertThat(out.toString()).contains("nothing has changed");
      Files.writeString(file, "cache: {tll: 5s}\n");
      assertThat(run(new ReloadCommand(), at, with)).isEqualTo(1);
      assertThat(err.toString()).contains("did you mean cache.ttl");
      file("7s");
      assertThat(run(new ReloadCommand(), "--pid", Long.toString(served.pid()))).isZero();
      await().until(() -> get(served, "/config", OF_ADMIN).contains("\"7s\""));
      String all =
          get(served, "/config", OF_ADMIN)
              + get(served, "/api/v1/state", OF_ADMIN)
              + get(served, "/metrics", OF_ADMIN)
              + get(served, "/config", "wrong")
              + client.call("HEATSINK", "STATS")
              + served.log();
      assertThat(all).doesNotContain(OF_BACKEND, OF_ADMIN, OF_URL);
    }
  }

  private Path file(String ttl) throws IOException {
    return Files.writeString(folder.resolve("heatsink.yaml"), "cache: {ttl: " + ttl + "}\n");
  }

  @Test
  void nobodyThereIsNotHealthy() {
    assertThat(run(new HealthCommand(), "--admin=127.0.0.1:1")).isEqualTo(1);
    assertThat(run(new ReloadCommand(), "--pid", "999999999")).isEqualTo(1);
    assertThat(err.toString()).contains("cannot be sent SIGHUP");
  }
}
