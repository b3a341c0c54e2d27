package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration is read anew: all of it or nothing, and no connection notices. */
class ReloadIT {

  @TempDir private Path folder = Path.of("");

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("heatsink.yaml"), text);
  }

  private ServedProcess serve(RedisServer redis, Path file) throws IOException {
    String backend = "redis://127.0.0.1:" + redis.port();
    return new ServedProcess(
        Map.of("HEATSINK_BACKEND", backend),
        "--listen",
        "127.0.0.1:0",
        "--config",
        file.toString());
  }

  @Test
  void aRuleIsTakenOverByCommandAndTheReplySaysWhatNeedsARestart() throws Exception {
    try (RedisServer redis = RedisServer.start();
        ServedProcess served = serve(redis, file("cache: {ttl: 60s}\n"));
        RawClient client = served.client()) {
      assertThat(client.call("HEATSINK", "POLICY", "cart:1")).contains("tracked");
      file(
          """
          lanes: 2
          cache: {ttl: 5s}
          policy:
            rules:
              - {pattern: 'cart:*', level: fresh}
              - {pattern: 'feed:*', level: ttl, ttl: 3s}
          """);
      String reply = client.call("HEATSINK", "RELOAD");
      assertThat(reply)
          .contains("changed", "cache.ttl: 60s -> 5s", "policy.rules: [] -> ")
          .contains("restart", "lanes: 1 -> 2");
      assertThat(client.call("HEATSINK", "POLICY", "cart:1")).contains("fresh");
      assertThat(client.call("HEATSINK", "POLICY", "feed:1")).contains(":3000");
      // What waits for a restart still waits; what is in force is told once.
      assertThat(client.call("HEATSINK", "RELOAD")).contains("lanes: 1 -> 2").doesNotContain("ttl");
    }
  }

  @Test
  void ofAFileWithAFaultNothingIsTakenOver() throws Exception {
    try (RedisServer redis = RedisServer.start();
        ServedProcess served = serve(redis, file("cache: {ttl: 60s}\n"));
        RawClient client = served.client()) {
      file("policy: {default: fresh}\ncache: {jiter: 0.1}\nlog: {level: loud}\n");
      assertThat(client.call("HEATSINK", "RELOAD"))
          .startsWith("-ERR nothing has changed: ")
          .contains("cache.jiter", "did you mean cache.jitter?", "(and 1 more)");
      assertThat(client.call("HEATSINK", "POLICY", "feed:1")).contains("tracked");
      assertThat(served.log()).contains("cache.jitter?", "log.level = loud");
    }
  }

  @Test
  void aSignalReloadsAndNoConnectionOrAnswerIsLost() throws Exception {
    try (RedisServer redis = RedisServer.start();
        ServedProcess served = serve(redis, file("clients: {max: 100}\n"));
        RawClient client = served.client()) {
      client.call("SET", "hot", "old");
      List<byte[]> round = java.util.Collections.nCopies(500, RawClient.encode("GET", "hot"));
      for (int i = 0; i < 6; i++) {
        String level = i % 2 == 0 ? "coalesced" : "ttl";
        file(
            "clients: {max: "
                + (i + 1)
                + "}\ndetector: {hot-rate: "
                + (100 + i)
                + "}\npolicy: {rules: [{pattern: 'h*', level: "
                + level
                + "}]}\nlog: {format: "
                + (i % 2 == 0 ? "json" : "text")
                + "}\n");
        served.signal("HUP");
        for (int j = 0; j < 20; j++) {
          assertThat(client.pipeline(round)).allMatch(reply -> reply.length == 9);
        }
        served.awaitLog(Pattern.compile("clients.max: \\d+ -> (" + (i + 1) + ")"));
        assertThat(client.call("HEATSINK", "POLICY", "hot")).contains(level);
        client.call("SET", "hot", "v" + i + "x");
        assertThat(client.call("GET", "hot")).isEqualTo(Scene.bulk("v" + i + "x"));
        client.call("SET", "hot", "old");
      }
      assertThat(served.log().lines().anyMatch(line -> line.startsWith("{\"time\":"))).isTrue();
      try (RawClient second = served.client()) {
        assertThat(second.call("PING")).isEqualTo("+PONG\r\n");
      }
    }
  }
}
