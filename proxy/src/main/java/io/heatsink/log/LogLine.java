package io.heatsink.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One line an event: time, level, class, message, {@code key="value"} pairs, causes with the
 * beginnings of their stacks. Line ends within become {@code |}. Thread-safe.
 */
final class LogLine extends LayoutBase<ILoggingEvent> {

  private static final int FRAMES = 12;
  private static final int CAUSES = 8;
  private static final int LEVEL_WIDTH = 5;

  /** Apart, so that time zones are read when the first line is written, not before serving. */
  private static final class Time {
    static final DateTimeFormatter FORMAT =
        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
            .withZone(ZoneId.systemDefault());
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    Time.FORMAT.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    String level = event.getLevel().toString();
    line.append(' ').append(level);
    line.append(" ".repeat(Math.max(1, LEVEL_WIDTH + 1 - level.length())));
    String logger = event.getLoggerName();
    line.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(' ');
    appendOneLine(line, event.getFormattedMessage());
    appendPairs(line, event.getKeyValuePairs());
    appendCauses(line, event.getThrowableProxy());
    return line.append(System.lineSeparator()).toString();
  }

  private static void appendPairs(StringBuilder line, @Nullable List<KeyValuePair> pairs) {
    if (pairs == null) {
      return;
    }
    for (KeyValuePair pair : pairs) {
      line.append(' ').append(pair.key).append("=\"");
      appendOneLine(line, String.valueOf(pair.value));
      line.append('"');
    }
  }

  private static void appendCauses(StringBuilder line, @Nullable IThrowableProxy thrown) {
    IThrowableProxy cause = thrown;
    for (int i = 0; cause != null && i < CAUSES; i++) {
      line.append(i == 0 ? " " : " | caused by ").append(cause.getClassName()).append(": ");
      appendOneLine(line, String.valueOf(cause.getMessage()));
      StackTraceElementProxy[] stack = cause.getStackTraceElementProxyArray();
      for (int frame = 0; stack != null && frame < Math.min(FRAMES, stack.length); frame++) {
        line.append(" | ").append(stack[frame].getSTEAsString());
      }
      cause = cause.getCause();
    }
  }

  /** Appends text with each run of line ends, and the blanks around it, as one bar. */
  private static void appendOneLine(StringBuilder line, @Nullable String text) {
    String whole = String.valueOf(text);
    if (whole.indexOf('\n') < 0 && whole.indexOf('\r') < 0) {
      line.append(whole);
    } else {
      line.append(whole.replaceAll("\\s*[\\r\\n]+\\s*", " | "));
    }
  }
}
