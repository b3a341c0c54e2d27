package io.heatsink.admin;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;

/** The JSON documents of the admin server. */
final class AdminJson {

  private AdminJson() {}

  /** The hottest key first. */
  static String hotKeys(List<HotKey> keys) {
    List<HotKey> sorted =
        keys.stream().sorted(Comparator.comparingDouble(HotKey::rate).reversed()).toList();
    return write(
        json -> {
          json.beginObject().name("hotKeys").beginArray();
          for (HotKey key : sorted) {
            json.beginObject();
            json.name("key").value(key.key().text());
            json.name("base64").value(key.key().base64());
            json.name("database").value(key.database());
            json.name("heat").value(key.heat());
            json.name("rate").value(finite(key.rate()));
            json.name("error").value(finite(key.error()));
            json.name("share").value(finite(key.share()));
            json.endObject();
          }
          json.endArray().endObject();
        });
  }

  static String readiness(Readiness readiness) {
    return write(
        json ->
            json.beginObject()
                .name("ready")
                .value(readiness.ready())
                .name("reason")
                .value(readiness.reason())
                .name("tracking")
                .value(readiness.tracking())
                .name("topology")
                .value(readiness.topology())
                .endObject());
  }

  /** An object with one text. */
  static String of(String name, String text) {
    return write(json -> json.beginObject().name(name).value(text).endObject());
  }

  /** JSON knows no infinity; digits beyond the sixth say nothing about an estimate. */
  private static double finite(double value) {
    return Double.isFinite(value) ? Math.rint(value * 1e6) / 1e6 : 0;
  }

  private static String write(Body body) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      body.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }

  private interface Body {
    void writeTo(JsonWriter json) throws IOException;
  }
}
