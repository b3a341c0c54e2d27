package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heatsink.Heatsink;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.RedisReplicas;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Each server behind is shown as it is, whatever the others are. */
class NodeHealthIT {

  private static JsonObject topology(Heatsink heatsink) {
    String state = AdminClient.get(heatsink, "/api/v1/state").body();
    return JsonParser.parseString(state).getAsJsonObject().getAsJsonObject("topology");
  }

  private static Map<String, String> answers(Heatsink heatsink) {
    Map<String, String> all = new TreeMap<>();
    for (JsonElement each : topology(heatsink).getAsJsonArray("nodes")) {
      JsonObject node = each.getAsJsonObject();
      all.put(node.get("name").getAsString(), node.get("answers").toString());
    }
    return all;
  }

  private static String name(RedisServer server) {
    return "127.0.0.1:" + server.port();
  }

  @Test
  void ofTwoReplicasTheOneThatIsAwayIsSaidToBe() {
    try (RedisReplicas redis = RedisReplicas.start(2);
        Heatsink heatsink = Heatsink.start(TestConfig.beforeReplicas(redis.ports()).build())) {
      RedisServer away = redis.replicas().get(0);
      RedisServer there = redis.replicas().get(1);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> answers(heatsink),
              Map.of(name(redis.primary()), "true", name(away), "true", name(there), "true")
                  ::equals);
      away.close();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(answers(heatsink))
                      .containsEntry(name(redis.primary()), "true")
                      .containsEntry(name(there), "true")
                      .containsEntry(name(away), "false"));
      assertThat(topology(heatsink).get("reachable").getAsBoolean()).isTrue();
    }
  }
}
