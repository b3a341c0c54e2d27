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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The JSON behind the page, and what may be done by it. */
class ConsoleIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static JsonObject get(HeatsinkFixture heatsink, String path) {
    HttpResponse<String> response = heatsink.admin("/api/v1/" + path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private static HttpResponse<String> post(
      HeatsinkFixture heatsink, String path, String body, String... headers) throws Exception {
    int port = Objects.requireNonNull(heatsink.heatsink().adminAddress()).getPort();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path))
            .POST(BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(path, e);
    }
  }

  private static HttpResponse<String> act(HeatsinkFixture heatsink, String path, String body)
      throws Exception {
    return post(heatsink, path, body, "X-Heatsink", "1");
  }

  @Test
  void tellsEverythingInOneDocument() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      client.call("SET", "k", "v");
      heatsink.absorb(client, "k");
      await()
          .untilAsserted(
              () -> {
                heatsink.absorb(client, "k");
                JsonObject state = get(heatsink, "state");
                JsonObject key = state.getAsJsonArray("hotKeys").get(0).getAsJsonObject();
                assertThat(key.get("key").getAsString()).isEqualTo("k");
                assertThat(key.get("remedy").getAsString()).isEqualTo("near cache");
                assertThat(key.get("level").getAsString()).isEqualTo("tracked");
                assertThat(key.get("hitRatio").getAsDouble()).isGreaterThan(0.5);
                assertThat(key.get("keptMillis").getAsLong()).isNotNegative();
                assertThat(state.get("ready").getAsBoolean()).isTrue();
                assertThat(state.getAsJsonArray("events").toString())
                    .contains("went hot", "answers", "Redis tracks");
                assertThat(state.getAsJsonArray("memory")).hasSize(4);
                assertThat(state.getAsJsonObject("now").get("commands").getAsDouble()).isPositive();
              });
      assertThat(get(heatsink, "history?since=0").getAsJsonArray("points")).isNotEmpty();
      assertThat(get(heatsink, "stats").getAsJsonObject("totals").get("commands").getAsLong())
          .isPositive();
      assertThat(get(heatsink, "policy?key=k").get("rule").getAsString()).isEqualTo("default");
      assertThat(heatsink.admin("/api/v1/nothing").statusCode()).isEqualTo(404);
      assertThat(heatsink.admin("/api/v1/history?since=x").statusCode()).isEqualTo(400);
      assertThat(heatsink.admin("/").headers().firstValue("content-security-policy").orElse(""))
          .contains("default-src 'none'", "script-src 'sha256-");
    }
  }

  @Test
  void anActionNeedsTheHeaderAndOneOrigin() throws Exception {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start()) {
      String all = "{\"all\":true}";
      assertThat(post(heatsink, "flush", all).statusCode()).isEqualTo(403);
      assertThat(
              post(heatsink, "flush", all, "X-Heatsink", "1", "Sec-Fetch-Site", "cross-site")
                  .statusCode())
          .isEqualTo(403);
      assertThat(act(heatsink, "flush", all).statusCode()).isEqualTo(200);
      assertThat(act(heatsink, "flush", "{}").statusCode()).isEqualTo(400);
      assertThat(act(heatsink, "flush", "[").statusCode()).isEqualTo(400);
      assertThat(act(heatsink, "rules", "{\"key\":\"k\",\"level\":\"new\"}").statusCode())
          .isEqualTo(400);
    }
  }

  @Test
  void aFlushedKeyIsReadAnew() throws Exception {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(
                RedisServer.start("--rename-command", "CLIENT", ""),
                settings -> settings.cacheTtl(Duration.ofMinutes(1)));
        RawClient client = heatsink.client();
        RawClient direct = heatsink.direct()) {
      client.call("SET", "k", "old");
      heatsink.absorb(client, "k");
      direct.call("SET", "k", "new");
      assertThat(client.call("GET", "k")).isEqualTo("$3\r\nold\r\n");
      act(heatsink, "flush", "{\"key\":\"k\"}");
      assertThat(client.call("GET", "k")).isEqualTo("$3\r\nnew\r\n");
      heatsink.absorb(client, "k");
      direct.call("SET", "k", "newer");
      assertThat(client.call("HEATSINK", "FLUSH", "k")).isEqualTo("+OK\r\n");
      assertThat(client.call("GET", "k")).isEqualTo("$5\r\nnewer\r\n");
    }
  }

  @Test
  void anAddedRuleHoldsBeforeTheOthersUntilTakenBack() throws Exception {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(
                RedisServer.start(),
                settings -> settings.lanes(2).cacheTtl(Duration.ofMinutes(1)));
        RawClient client = heatsink.client()) {
      client.call("SET", "k[1]", "v");
      heatsink.absorb(client, "k[1]");
      assertThat(act(heatsink, "rules", "{\"key\":\"k[1]\",\"level\":\"fresh\"}").statusCode())
          .isEqualTo(200);
      await()
          .until(() -> client.call("HEATSINK", "POLICY", "k[1]").contains("added rule 1, pattern"));
      assertThat(
              heatsink.isAbsorbed(client, "k[1]".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
          .isFalse();
      assertThat(client.call("HEATSINK", "POLICY", "k1")).contains("default");
      assertThat(get(heatsink, "rules").toString()).contains("\"number\":-1", "fresh");
      assertThat(act(heatsink, "rules/remove", "{\"number\":-1}").statusCode()).isEqualTo(200);
      assertThat(act(heatsink, "rules/remove", "{\"number\":-1}").statusCode()).isEqualTo(404);
      await().until(() -> client.call("HEATSINK", "POLICY", "k[1]").contains("default"));
      heatsink.absorb(client, "k[1]");
      assertThat(get(heatsink, "events").toString()).contains("added: added rule 1", "taken back");
    }
  }

  @Test
  void aSplitCounterIsListedAndFolded() throws Exception {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(RedisServer.start(), settings -> settings.split("n:*", 4));
        RawClient client = heatsink.client();
        RawClient direct = heatsink.direct()) {
      for (int i = 0; i < 10; i++) {
        client.call("INCR", "n:[1]");
        client.call("INCR", "n:2");
      }
      await()
          .untilAsserted(
              () -> {
                String listed = get(heatsink, "state").getAsJsonArray("splits").toString();
                assertThat(listed).contains("n:[1]", "n:2", "\"pattern\":\"n:*\"", ":3\"");
              });
      assertThat(act(heatsink, "fold", "{}").statusCode()).isEqualTo(400);
      assertThat(post(heatsink, "fold", "{\"pattern\":\"*\"}").statusCode()).isEqualTo(403);
      assertThat(act(heatsink, "fold", "{\"key\":\"n:[1]\"}").body())
          .contains("\"folded\":1,\"found\":1");
      assertThat(direct.call("GET", "n:[1]")).isEqualTo("$2\r\n10\r\n");
      assertThat(act(heatsink, "fold", "{\"pattern\":\"n:*\"}").body())
          .contains("\"folded\":1,\"found\":1");
      assertThat(direct.call("GET", "n:2")).isEqualTo("$2\r\n10\r\n");
      assertThat(get(heatsink, "events").toString())
          .contains("folded 1 of 1 by an operator, pattern n:*");
    }
  }

  @Test
  void aCounterWithALongKeyIsFoldedByItsHash() throws Exception {
    String key = "n:" + "x".repeat(1_000);
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(RedisServer.start(), settings -> settings.split("n:*", 4));
        RawClient client = heatsink.client();
        RawClient direct = heatsink.direct()) {
      client.call("INCR", key);
      client.call("INCR", key + "2");
      client.call("INCR", key);
      await()
          .until(() -> get(heatsink, "state").getAsJsonArray("splits").size(), size -> size == 2);
      for (JsonElement each : get(heatsink, "state").getAsJsonArray("splits")) {
        JsonObject split = each.getAsJsonObject();
        assertThat(split.get("cut").getAsBoolean()).isTrue();
        if (split.get("length").getAsInt() == key.length()) {
          String body = "{\"hash\":" + split.get("hash") + "}";
          assertThat(act(heatsink, "fold", body).body()).contains("\"folded\":1,\"found\":1");
          assertThat(act(heatsink, "fold", body).statusCode()).isEqualTo(404);
        }
      }
      assertThat(direct.call("GET", key)).isEqualTo("$1\r\n2\r\n");
    }
  }

  @Test
  void theBackendsAbsenceIsAnEvent() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      client.call("SET", "k", "v");
      heatsink.absorb(client, "k");
      await()
          .until(
              () -> {
                heatsink.absorb(client, "k");
                return get(heatsink, "events").toString().contains("Redis tracks");
              });
      heatsink.redis().close();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(get(heatsink, "events").toString())
                      .contains("tracking lost", "attempts to reconnect", "\"backend\""));
    }
  }
}
