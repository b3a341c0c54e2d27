package io.heatsink.terminal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the API tells, as people read it: numbers with units, and columns. */
final class Text {

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  private static final String GAP = "  ";

  private Text() {}

  /** Lines with columns of equal width; of each row's cells the first column is cut. */
  static List<String> columns(List<List<String>> rows, int firstWidth) {
    List<String> lines = new ArrayList<>();
    if (rows.isEmpty()) {
      return lines;
    }
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    widths[0] = Math.min(widths[0], firstWidth);
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = cut(row.get(i), i == 0 ? widths[0] : Integer.MAX_VALUE);
        line.append(i == 0 ? "" : GAP).append(cell);
        line.append(" ".repeat(Math.max(0, widths[i] - cell.length())));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(0, width - 3)) + "...";
  }

  /** A field as text; a dash where it is not there. */
  static String text(JsonObject of, String name) {
    JsonElement value = of.get(name);
    return value == null || value.isJsonNull() ? "-" : value.getAsString();
  }

  static double number(JsonObject of, String name) {
    JsonElement value = of.get(name);
    return value == null || value.isJsonNull() ? 0 : value.getAsDouble();
  }

  /** A part of one as a percentage; a dash where it is not known. */
  static String percent(JsonObject of, String name) {
    JsonElement value = of.get(name);
    return value == null || value.isJsonNull()
        ? "-"
        : String.format(Locale.ROOT, "%.1f%%", value.getAsDouble() * 100);
  }

  static String rate(double perSecond) {
    return String.format(Locale.ROOT, "%,.0f/s", perSecond);
  }

  static String micros(double micros) {
    if (micros >= 1e6) {
      return String.format(Locale.ROOT, "%.2fs", micros / 1e6);
    }
    return micros >= 1e3
        ? String.format(Locale.ROOT, "%.1fms", micros / 1e3)
        : String.format(Locale.ROOT, "%.0fus", micros);
  }

  static String span(double millis) {
    long seconds = Math.max(0, (long) (millis / 1000));
    if (seconds < 60) {
      return seconds + "s";
    }
    return seconds < 3600 ? seconds / 60 + "m" : seconds / 3600 + "h" + seconds % 3600 / 60 + "m";
  }

  static String bytes(double bytes) {
    return bytes >= 1 << 20
        ? String.format(Locale.ROOT, "%.1fMB", bytes / (1 << 20))
        : String.format(Locale.ROOT, "%.0fkB", bytes / 1024);
  }

  static String clock(double millis) {
    return CLOCK.format(Instant.ofEpochMilli((long) millis));
  }
}
