package io.heatsink.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads command tables: the shipped text and the reply of {@code COMMAND}. */
final class CommandTableReader {

  /** A line of {@code commands.txt} or an entry of the reply. */
  private record Row(String name, int arity, Set<String> flags, List<KeySpec> keys) {}

  private static final String SHIPPED = "commands.txt";

  private CommandTableReader() {}

  static CommandTable shipped() {
    Map<String, Row> rows = new LinkedHashMap<>();
    InputStream in = CommandTableReader.class.getResourceAsStream(SHIPPED);
    Objects.requireNonNull(in, SHIPPED);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Row row = row(line);
        rows.put(row.name(), row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return table(rows, null);
  }

  static CommandTable ofReply(List<?> reply) {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (Object entry : reply) {
      collect((List<?>) entry, rows);
    }
    return table(rows, shipped());
  }

  private static Row row(String line) {
    String[] words = line.split(" ", -1);
    List<KeySpec> keys = new ArrayList<>();
    for (int i = 6; i < words.length; i++) {
      keys.add(KeySpec.parse(words[i]));
    }
    Set<String> flags = words[2].equals("-") ? Set.of() : Set.of(words[2].split(","));
    return new Row(words[0], Integer.parseInt(words[1]), flags, keys);
  }

  private static void collect(List<?> entry, Map<String, Row> rows) {
    String name = text(entry.get(0));
    Set<String> flags = new HashSet<>(CommandTable.lower((List<?>) entry.get(2)));
    List<KeySpec> keys = new ArrayList<>();
    boolean hasSpecs = entry.size() > 8;
    if (hasSpecs) {
      for (Object spec : (List<?>) entry.get(8)) {
        String form = form(map((List<?>) spec));
        if (form != null) {
          keys.add(KeySpec.parse(form));
        }
      }
    }
    int first = number(entry.get(3));
    if (!hasSpecs && first > 0 && !flags.contains("movablekeys")) {
      keys.add(KeySpec.range(first, number(entry.get(4)), number(entry.get(5))));
    } else if (!hasSpecs && flags.contains("movablekeys")) {
      keys.add(KeySpec.parse("?:?"));
    }
    rows.put(name, new Row(name, number(entry.get(1)), flags, keys));
    if (entry.size() > 9) {
      ((List<?>) entry.get(9)).forEach(sub -> collect((List<?>) sub, rows));
    }
  }

  /** The short form of one key specification, or null where what it names is no key. */
  private static @Nullable String form(Map<String, Object> spec) {
    List<String> flags = CommandTable.lower((List<?>) Objects.requireNonNull(spec.get("flags")));
    if (flags.contains("not_key")) {
      return null;
    }
    Map<String, Object> begin = map((List<?>) Objects.requireNonNull(spec.get("begin_search")));
    Map<String, Object> find = map((List<?>) Objects.requireNonNull(spec.get("find_keys")));
    boolean incomplete = flags.contains("incomplete");
    String where = begin(text(begin.get("type")), begin.get("spec"));
    String which = find(text(find.get("type")), find.get("spec"));
    return where + ":" + which + (incomplete ? "!" : "");
  }

  private static String begin(String type, @Nullable Object spec) {
    if (spec instanceof List<?> list && !list.isEmpty()) {
      Map<String, Object> values = map(list);
      if (type.equals("index")) {
        return "i" + number(values.get("index"));
      }
      if (type.equals("keyword")) {
        return "k" + text(values.get("keyword")) + "@" + number(values.get("startfrom"));
      }
    }
    return "?";
  }

  private static String find(String type, @Nullable Object spec) {
    if (spec instanceof List<?> list && !list.isEmpty()) {
      Map<String, Object> v = map(list);
      if (type.equals("range")) {
        return "r%d,%d,%d"
            .formatted(number(v.get("lastkey")), number(v.get("keystep")), number(v.get("limit")));
      }
      if (type.equals("keynum")) {
        return "n%d,%d,%d"
            .formatted(
                number(v.get("keynumidx")), number(v.get("firstkey")), number(v.get("keystep")));
      }
    }
    return "?";
  }

  private static CommandTable table(Map<String, Row> rows, @Nullable CommandTable fallback) {
    for (String special : Handling.names()) {
      rows.putIfAbsent(special, new Row(special, -1, Set.of(CommandSpec.UNNAMED), List.of()));
    }
    Map<String, List<CommandSpec>> subs = new HashMap<>();
    for (Row row : rows.values()) {
      int bar = row.name().indexOf('|');
      if (bar > 0) {
        subs.computeIfAbsent(row.name().substring(0, bar), k -> new ArrayList<>())
            .add(spec(row, List.of()));
      }
    }
    List<CommandSpec> specs = new ArrayList<>();
    for (Row row : rows.values()) {
      if (row.name().indexOf('|') < 0) {
        specs.add(complete(row, subs.getOrDefault(row.name(), List.of()), fallback));
      }
    }
    return new CommandTable(specs, fallback != null);
  }

  private static CommandSpec complete(
      Row row, List<CommandSpec> subs, @Nullable CommandTable fallback) {
    CommandSpec known = fallback == null ? null : fallback.find(row.name());
    if (known == null) {
      return spec(row, subs);
    }
    boolean movable = row.flags().contains("movablekeys");
    List<KeySpec> keys = movable ? known.keySpecs() : row.keys();
    Row completed = new Row(row.name(), row.arity(), row.flags(), keys);
    return spec(completed, subs.isEmpty() ? known.subcommands() : subs);
  }

  private static CommandSpec spec(Row row, List<CommandSpec> subs) {
    return new CommandSpec(row.name(), row.arity(), row.flags(), row.keys(), subs);
  }

  /** A map as RESP2 sends it: a flat list of keys and values. */
  private static Map<String, Object> map(List<?> flat) {
    Map<String, Object> map = new HashMap<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      map.put(text(flat.get(i)), flat.get(i + 1));
    }
    return map;
  }

  private static String text(@Nullable Object value) {
    return String.valueOf(value).toLowerCase(Locale.ROOT);
  }

  private static int number(@Nullable Object value) {
    return value instanceof Number n ? n.intValue() : Integer.parseInt(String.valueOf(value));
  }
}
