package io.heatsink.terminal;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** The lists of the API as lines of text. */
final class Tables {

  static final int KEY_WIDTH = 40;

  private Tables() {}

  static List<String> hotKeys(JsonObject from, int most) {
    JsonArray keys = from.getAsJsonArray("hotKeys");
    if (keys.isEmpty()) {
      return List.of("nothing is hot");
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "KEY", "DB", "HEAT", "RATE", "SHARE", "BYTES", "REMEDY", "HITS", "KEPT", "LEVEL",
            "SINCE"));
    for (JsonElement each : keys) {
      JsonObject key = each.getAsJsonObject();
      StringJoiner heat = new StringJoiner(",");
      key.getAsJsonArray("heat").forEach(one -> heat.add(one.getAsString()));
      rows.add(
          List.of(
              Text.text(key, "key"),
              Text.text(key, "database"),
              heat.toString(),
              Text.rate(Text.number(key, "rate")),
              Text.percent(key, "share"),
              Text.number(key, "bytesPerSecond") > 0
                  ? Text.bytes(Text.number(key, "bytesPerSecond")) + "/s"
                  : "-",
              Text.text(key, "remedy"),
              Text.percent(key, "hitRatio"),
              key.get("keptMillis").isJsonNull() ? "-" : Text.span(Text.number(key, "keptMillis")),
              Text.text(key, "level"),
              Text.span(System.currentTimeMillis() - Text.number(key, "sinceMillis"))));
      if (rows.size() > most) {
        break;
      }
    }
    return Text.columns(rows, KEY_WIDTH);
  }

  static List<String> events(JsonObject from, int most) {
    JsonArray events = from.getAsJsonArray("events");
    if (events.isEmpty()) {
      return List.of("nothing has happened yet");
    }
    List<String> lines = new ArrayList<>();
    for (JsonElement each : events) {
      JsonObject event = each.getAsJsonObject();
      String key = event.has("key") ? Text.cut(Text.text(event, "key"), KEY_WIDTH) + " " : "";
      lines.add(
          Text.clock(Text.number(event, "atMillis"))
              + "  "
              + String.format(Locale.ROOT, "%-8s  ", Text.text(event, "kind"))
              + (Text.text(event, "severity").equals("warning") ? "! " : "  ")
              + key
              + Text.text(event, "text"));
      if (lines.size() == most) {
        break;
      }
    }
    return lines;
  }

  static List<String> slow(JsonObject from, int most) {
    JsonArray requests = from.getAsJsonArray("slow");
    if (requests.isEmpty()) {
      return List.of("no request was slow");
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "KEY", "COMMAND", "AT", "TOTAL", "WAITING", "PIPE", "BACKEND", "ORDERING", "CLIENT"));
    for (JsonElement each : requests) {
      JsonObject request = each.getAsJsonObject();
      rows.add(
          List.of(
              Text.text(request, "key"),
              Text.text(request, "command"),
              Text.clock(Text.number(request, "atMillis")),
              Text.micros(Text.number(request, "totalMicros")),
              Text.micros(Text.number(request, "waitingMicros")),
              Text.micros(Text.number(request, "pipeMicros")),
              Text.micros(Text.number(request, "backendMicros")),
              Text.micros(Text.number(request, "orderingMicros")),
              Text.text(request, "client")));
      if (rows.size() > most) {
        break;
      }
    }
    return Text.columns(rows, KEY_WIDTH);
  }

  /** All in one, as many lines as a screen has. */
  static List<String> screen(JsonObject state, int height) {
    JsonObject now = state.getAsJsonObject("now");
    JsonObject connections = state.getAsJsonObject("connections");
    List<String> lines = new ArrayList<>();
    lines.add(
        "heatsink "
            + Text.text(state, "version")
            + "  up "
            + Text.span(1000 * Text.number(state, "uptimeSeconds"))
            + "  "
            + (state.get("ready").getAsBoolean() ? "ready" : "NOT READY")
            + ": "
            + Text.text(state, "reason"));
    lines.add("tracking " + Text.text(state, "tracking"));
    if (Text.text(state, "mode").equals("observe")) {
      String saved = Text.percent(state.getAsJsonObject("would"), "savedRatio");
      lines.add("ONLY OBSERVING: would have saved " + saved + "; heatsink suggest says how");
    }
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "commands %s   to the backend %s   hit ratio %s   saved %s",
            Text.rate(Text.number(now, "commands")),
            Text.rate(Text.number(now, "backend")),
            Text.percent(now, "hitRatio"),
            Text.percent(now, "savedRatio")));
    lines.add(
        String.format(
            Locale.ROOT,
            "latency p50 %s   p99 %s   p99.9 %s   clients %s   backend connections %s",
            Text.micros(Text.number(now, "p50Micros")),
            Text.micros(Text.number(now, "p99Micros")),
            Text.micros(Text.number(now, "p999Micros")),
            Text.text(connections, "clients"),
            Text.text(connections, "backend")));
    lines.add(memory(state));
    lines.add("");
    int left = Math.max(12, height - lines.size());
    lines.addAll(hotKeys(state, Math.max(4, left / 2)));
    lines.add("");
    lines.addAll(events(state, Math.max(3, left / 5)));
    lines.add("");
    lines.addAll(slow(state, Math.max(3, left / 5)));
    return lines;
  }

  private static String memory(JsonObject state) {
    StringJoiner line = new StringJoiner("   ");
    for (JsonElement each : state.getAsJsonArray("memory")) {
      JsonObject use = each.getAsJsonObject();
      boolean isBytes = Text.text(use, "unit").equals("bytes");
      double used = Text.number(use, "used");
      double max = Text.number(use, "max");
      String amounts =
          isBytes
              ? Text.bytes(used) + " of " + Text.bytes(max)
              : String.format(Locale.ROOT, "%,.0f of %,.0f", used, max);
      line.add(Text.text(use, "name").toLowerCase(Locale.ROOT) + " " + amounts);
    }
    return line.toString();
  }
}
