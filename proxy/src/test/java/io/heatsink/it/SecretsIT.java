package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nobody is to read is read nowhere, whatever goes wrong. */
class SecretsIT {

  private static final String PASSWORD = "hunter-of-the-backend";
  private static final String TOKEN = "hunter-of-the-pages";
  private static final String CLIENTS = "hunter-of-clients";

  @TempDir private Path folder = Path.of("");

  private final HttpClient http = HttpClient.newHttpClient();
  private final StringBuilder seen = new StringBuilder();

  @Test
  void passwordsAndTokensAreNowhere() throws Exception {
    Path users = Files.writeString(folder.resolve("users"), "user app on >" + CLIENTS + "\n");
    try (RedisServer redis = RedisServer.start("--requirepass", PASSWORD);
        ServedProcess served =
            new ServedProcess(
                Map.of("HEATSINK_BACKEND_PASSWORD", PASSWORD, "HEATSINK_ADMIN_TOKEN", TOKEN),
                List.of(
                        "--listen=127.0.0.1:0",
                        "--backend=redis://127.0.0.1:" + redis.port(),
                        "--clients-auth=file",
                        "--clients-users-file=" + users,
                        "--log-level=debug")
                    .toArray(String[]::new))) {
      try (RawClient client = served.client()) {
        see(client, "AUTH", "app", "wrong");
        assertThat(client.call("AUTH", "app", CLIENTS)).isEqualTo("+OK\r\n");
        assertThat(client.call("SET", "a", "1")).isEqualTo("+OK\r\n");
        see(client, "HEATSINK", "STATS");
        see(client, "INFO");
        see(client, "CLIENT", "LIST");
        see(client, "HEATSINK", "CONFIG");
        pages(served);
        redis.lock("another");
        redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await().until(() -> see(client, "GET", "a").startsWith("-"));
        redis.stop();
        await().until(() -> see(client, "GET", "a").contains("unreachable"));
        pages(served);
      }
      Path process = Path.of("/proc", Long.toString(served.pid()));
      seen.append(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
      seen.append(served.log());
    }
    assertThat(List.of("serving listen=", "backend.password", "heatsink_commands"))
        .allMatch(word -> seen.indexOf(word) >= 0);
    int at = seen.indexOf("hunter");
    assertThat(at < 0 ? "" : seen.substring(Math.max(0, at - 200), at + 20)).isEmpty();
  }

  private String see(RawClient client, String... command) {
    String reply = client.call(command);
    seen.append(reply);
    return reply;
  }

  private void pages(ServedProcess served) throws IOException, InterruptedException {
    for (String page :
        List.of("/", "/metrics", "/config", "/api/v1", "/hotkeys", "/ready", "/health")) {
      URI uri = URI.create("http://127.0.0.1:" + served.adminPort() + page);
      HttpRequest request =
          HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + TOKEN).build();
      seen.append(page).append(http.send(request, BodyHandlers.ofString()).body());
    }
  }
}
