package io.heatsink.config;

import io.heatsink.config.HeatsinkConfig.SplitCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** Reads {@code counters.split}, a YAML list of mappings with pattern, shards and name. */
final class SplitCounters {

  static final int MAX_PATTERNS = 1000;

  private static final String NONE = "[]";
  private static final String DEFAULT_SHARDS = "10";
  private static final String DEFAULT_NAME = "{key}:{shard}";
  private static final Set<String> FIELDS = Set.of("pattern", "shards", "name");

  private SplitCounters() {}

  /** Reads the list; an {@link IllegalArgumentException} names the element and what is wrong. */
  static List<SplitCounter> parse(String text) {
    if (text.equals(NONE)) {
      // The default must not load a parser of YAML at every start.
      return List.of();
    }
    Object tree;
    try {
      tree =
          new Load(LoadSettings.builder().setSchema(new FailsafeSchema()).build())
              .loadFromString(text);
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException("not a YAML list", e);
    }
    if (!(tree instanceof List<?> list)) {
      throw new IllegalArgumentException("not a list");
    }
    if (list.size() > MAX_PATTERNS) {
      throw new IllegalArgumentException("more than " + MAX_PATTERNS + " patterns");
    }
    List<SplitCounter> counters = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String where = "element " + (i + 1) + ": ";
      if (!(list.get(i) instanceof Map<?, ?> fields)) {
        throw new IllegalArgumentException(where + "not a mapping with pattern, shards and name");
      }
      counters.add(element(where, fields));
    }
    return List.copyOf(counters);
  }

  private static SplitCounter element(String where, Map<?, ?> fields) {
    for (Object name : fields.keySet()) {
      if (!FIELDS.contains(String.valueOf(name))) {
        throw new IllegalArgumentException(where + "unknown field " + name);
      }
    }
    String pattern = field(fields, "pattern", "");
    if (pattern.isEmpty()) {
      throw new IllegalArgumentException(where + "the pattern is missing");
    }
    String shards = field(fields, "shards", DEFAULT_SHARDS);
    int count = shards.matches("\\d{1,4}") ? Integer.parseInt(shards) : -1;
    if (count < 2 || count > 1000) {
      throw new IllegalArgumentException(where + "shards is not a number from 2 to 1000");
    }
    String name = field(fields, "name", DEFAULT_NAME);
    if (!name.contains("{key}") || !name.contains("{shard}")) {
      throw new IllegalArgumentException(where + "the name lacks {key} or {shard}");
    }
    return new SplitCounter(pattern, count, name);
  }

  private static String field(Map<?, ?> fields, String name, String otherwise) {
    Object value = fields.get(name);
    return value == null ? otherwise : String.valueOf(value);
  }
}
