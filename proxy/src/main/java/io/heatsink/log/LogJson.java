package io.heatsink.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object an event, on a line: {@code time}, {@code level}, {@code logger}, {@code
 * message}, the event's own pairs as texts, and {@code error} with the stack. Thread-safe.
 */
final class LogJson extends LayoutBase<ILoggingEvent> {

  private static final List<String> OWN = List.of("time", "level", "logger", "message", "error");

  @Override
  public String doLayout(ILoggingEvent event) {
    StringWriter line = new StringWriter(256);
    try (JsonWriter json = new JsonWriter(line)) {
      json.beginObject();
      json.name("time").value(Instant.ofEpochMilli(event.getTimeStamp()).toString());
      json.name("level").value(event.getLevel().toString());
      json.name("logger").value(event.getLoggerName());
      json.name("message").value(event.getFormattedMessage());
      List<KeyValuePair> pairs = event.getKeyValuePairs();
      for (KeyValuePair pair : pairs == null ? List.<KeyValuePair>of() : pairs) {
        json.name(OWN.contains(pair.key) ? pair.key + "_" : pair.key);
        json.value(String.valueOf(pair.value));
      }
      if (event.getThrowableProxy() != null) {
        json.name("error").value(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.append(System.lineSeparator()).toString();
  }
}
