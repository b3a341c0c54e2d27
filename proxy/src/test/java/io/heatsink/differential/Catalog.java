package io.heatsink.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The command table of the Redis under test: what there is, and how each is said. */
final class Catalog {

  /**
   * One command or subcommand.
   *
   * @param name lower case, {@code container|subcommand}
   * @param group as the documentation sorts commands: string, list, …
   */
  record Shape(String name, String group, Set<String> flags, Argument arguments) {

    /** Whether its answer is the same however it runs beside other such commands. */
    boolean isRead() {
      return flags.contains("readonly") && !mayBlock() && !name.startsWith("x");
    }

    /** Whether it may wait for other clients. */
    boolean mayBlock() {
      return flags.contains("blocking") || BLOCKING_62.contains(name);
    }

    /** Whether its confirmations are no replies. */
    boolean subscribes() {
      return name.endsWith("subscribe");
    }

    /** Whether it may hold the connection, or ties it to one upstream from here on. */
    boolean ties() {
      return mayBlock()
          || subscribes()
          || group.equals("cluster")
          || name.startsWith("client|tracking")
          || Set.of("client|caching", "client|no-evict", "client|no-touch").contains(name);
    }

    /** The words that name it. */
    List<String> words() {
      return List.of(name.split("\\|", -1));
    }

    @Override
    public String toString() {
      return name + " " + group + " " + arguments;
    }
  }

  private static final String SYNTAX_62 = "commands-6.2.txt";

  /** Redis 6.2 has no such flag. */
  private static final Set<String> BLOCKING_62 =
      Set.of(
          "blpop",
          "brpop",
          "brpoplpush",
          "blmove",
          "bzpopmin",
          "bzpopmax",
          "xread",
          "xreadgroup",
          "wait");

  private final List<Shape> shapes;
  private final Map<String, Shape> byName = new HashMap<>();

  private Catalog(List<Shape> shapes) {
    this.shapes = shapes;
    shapes.forEach(shape -> byName.put(shape.name(), shape));
  }

  /** Asks for {@code COMMAND} and {@code COMMAND DOCS}; Redis 6.2 has only the first. */
  static Catalog of(RedisServer redis) {
    try (RawClient client = redis.client()) {
      Map<String, Set<String>> flags = new TreeMap<>();
      collectFlags(Reply.of(client.send("COMMAND").readReply()), flags);
      Reply docs = Reply.of(client.send("COMMAND", "DOCS").readReply());
      List<Shape> shapes = docs.type() == '-' ? shipped(flags.keySet()) : documented("", docs);
      return new Catalog(
          shapes.stream()
              .map(s -> new Shape(s.name, s.group, flagsOf(s.name, flags), s.arguments))
              .toList());
    }
  }

  private static Set<String> flagsOf(String name, Map<String, Set<String>> flags) {
    int bar = name.indexOf('|');
    Set<String> whole = bar < 0 ? Set.of() : flags.getOrDefault(name.substring(0, bar), Set.of());
    return flags.getOrDefault(name, whole);
  }

  private static void collectFlags(Reply table, Map<String, Set<String>> flags) {
    for (Reply entry : table.parts()) {
      List<Reply> fields = entry.parts();
      Set<String> of = fields.get(2).parts().stream().map(Reply::text).collect(Collectors.toSet());
      flags.put(fields.get(0).text().toLowerCase(Locale.ROOT), of);
      if (fields.size() > 9) {
        collectFlags(fields.get(9), flags);
      }
    }
  }

  private static List<Shape> documented(String prefix, Reply docs) {
    List<Shape> shapes = new ArrayList<>();
    fields(docs)
        .forEach(
            (name, doc) -> {
              Map<String, Reply> fields = fields(doc);
              Reply subcommands = fields.get("subcommands");
              if (subcommands != null) {
                shapes.addAll(documented("", subcommands));
                return;
              }
              Reply arguments = fields.getOrDefault("arguments", new Reply('*', "", List.of()));
              Argument syntax = Argument.ofDocs(arguments);
              shapes.add(new Shape(prefix + name, text(fields, "group"), Set.of(), syntax));
            });
    return shapes;
  }

  private static List<Shape> shipped(Set<String> known) {
    try (InputStream in = Catalog.class.getResourceAsStream(SYNTAX_62)) {
      String text = new String(Objects.requireNonNull(in, SYNTAX_62).readAllBytes(), UTF_8);
      return Arrays.stream(text.split("\n", -1))
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(" ", 3))
          .filter(line -> known.contains(line[0].split("\\|", -1)[0]))
          .map(line -> new Shape(line[0], line[1], Set.of(), Argument.parse(line[2])))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A map, sent as one or as a flat list. */
  static Map<String, Reply> fields(Reply map) {
    Map<String, Reply> fields = new LinkedHashMap<>();
    for (int i = 0; i + 1 < map.parts().size(); i += 2) {
      fields.put(map.parts().get(i).text(), map.parts().get(i + 1));
    }
    return fields;
  }

  static String text(Map<String, Reply> fields, String name) {
    Reply value = fields.get(name);
    return value == null ? "" : value.text();
  }

  /** All that may be said. */
  List<Shape> sayable() {
    return shapes.stream().filter(s -> Rules.of(s.name()) != Rules.View.LEFT_OUT).toList();
  }

  /** The name under which rules know what these words say. */
  String nameOf(List<byte[]> words) {
    if (words.isEmpty()) {
      return "";
    }
    String first = new String(words.get(0), UTF_8).toLowerCase(Locale.ROOT);
    if (words.size() > 1) {
      String both = first + "|" + new String(words.get(1), UTF_8).toLowerCase(Locale.ROOT);
      return byName.containsKey(both) ? both : first;
    }
    return first;
  }
}
