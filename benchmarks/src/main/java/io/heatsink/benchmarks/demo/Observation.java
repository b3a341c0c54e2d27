package io.heatsink.benchmarks.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;

/**
 * What clients asked and what Redis saw at one moment, both since the start.
 *
 * @param seconds since the start
 * @param redisReads by Redis' own INFO commandstats; commands about the connection or the server
 *     are left out
 * @param hotKeys as {@code /hotkeys} lists them
 * @param latencies of the commands answered since the last observation, nanoseconds
 */
record Observation(
    double seconds,
    long reads,
    long likes,
    long errors,
    long redisReads,
    long redisWrites,
    List<Hot> hotKeys,
    Histogram latencies) {

  private static final Set<String> NO_DATA =
      Set.of("info", "config", "command", "ping", "hello", "auth", "client", "select", "echo");
  private static final Set<String> WRITES =
      Set.of("incr", "incrby", "decr", "decrby", "set", "del", "expire", "pexpire");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** One hot key. */
  record Hot(String key, String heat, double rate) {

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s (%s, %,.0f/s)", key, heat, rate);
    }
  }

  /** Looks at everything. */
  static Observation take(
      double seconds, Clients clients, RedisServer redis, InetSocketAddress admin) {
    long redisReads = 0;
    long redisWrites = 0;
    for (Map.Entry<String, Long> command : redis.commandCalls().entrySet()) {
      String name = command.getKey().split("\\|", 2)[0];
      if (WRITES.contains(name)) {
        redisWrites += command.getValue();
      } else if (!NO_DATA.contains(name)) {
        redisReads += command.getValue();
      }
    }
    return new Observation(
        seconds,
        clients.reads.sum(),
        clients.likes.sum(),
        clients.errors.sum(),
        redisReads,
        redisWrites,
        hotKeys(admin),
        clients.latencies.getIntervalHistogram());
  }

  long asked() {
    return reads + likes;
  }

  long redisSaw() {
    return redisReads + redisWrites;
  }

  private static List<Hot> hotKeys(InetSocketAddress admin) {
    URI uri = URI.create("http://127.0.0.1:" + admin.getPort() + "/hotkeys");
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build();
    List<Hot> keys = new ArrayList<>();
    try {
      JsonObject page =
          JsonParser.parseString(HTTP.send(request, BodyHandlers.ofString()).body())
              .getAsJsonObject();
      JsonArray list = page.getAsJsonArray("hotKeys");
      for (JsonElement element : list == null ? new JsonArray() : list) {
        JsonObject key = element.getAsJsonObject();
        keys.add(
            new Hot(
                key.get("key").getAsString(),
                key.get("heat").getAsString(),
                key.get("rate").getAsDouble()));
      }
    } catch (IOException | JsonParseException | IllegalStateException e) {
      keys.add(new Hot("/hotkeys does not answer: " + e.getMessage(), "unknown", 0));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return keys;
  }
}
