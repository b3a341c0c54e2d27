package io.heatsink.config;

import io.heatsink.config.HeatsinkConfig.SplitCounter;
import java.util.List;
import java.util.Map;

/** Reads {@code counters.split}, a YAML list of mappings with pattern, shards and name. */
final class SplitCounters {

  private static final String DEFAULT_SHARDS = "10";
  private static final String DEFAULT_NAME = "{key}:{shard}";
  private static final List<String> FIELDS = List.of("pattern", "shards", "name");

  private SplitCounters() {}

  /** Reads the list; an {@link IllegalArgumentException} names the element and what is wrong. */
  static List<SplitCounter> parse(String text) {
    return MappingList.parse(text, FIELDS, SplitCounters::element);
  }

  private static SplitCounter element(Map<String, String> fields) {
    String pattern = MappingList.pattern(fields);
    String shards = fields.getOrDefault("shards", DEFAULT_SHARDS);
    int count = shards.matches("\\d{1,4}") ? Integer.parseInt(shards) : -1;
    if (count < 2 || count > 1000) {
      throw new IllegalArgumentException("shards is not a number from 2 to 1000");
    }
    String name = fields.getOrDefault("name", DEFAULT_NAME);
    if (!name.contains("{key}") || !name.contains("{shard}")) {
      throw new IllegalArgumentException("the name lacks {key} or {shard}");
    }
    return new SplitCounter(pattern, count, name);
  }
}
