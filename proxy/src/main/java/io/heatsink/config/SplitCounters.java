package io.heatsink.config;

import io.heatsink.config.HeatsinkConfig.SplitCounter;
import io.heatsink.config.HeatsinkConfig.SplitCounter.Reply;
import io.heatsink.config.HeatsinkConfig.SplitCounter.When;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Reads {@code counters.split}, a YAML list of mappings of a pattern and how it is split. */
final class SplitCounters {

  private static final String DEFAULT_SHARDS = "10";
  private static final String DEFAULT_NAME = "heatsink:{tag}:{key}:{shard}";
  private static final List<String> FIELDS =
      List.of(
          "pattern", "shards", "name", "when", "reply", "freshness", "fold-after", "total-every");

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
    return new SplitCounter(
        pattern,
        count,
        name,
        when(fields.getOrDefault("when", "when-hot")),
        reply(fields.getOrDefault("reply", "approximate")),
        duration(fields, "freshness", "100ms", "0s", "1h"),
        duration(fields, "fold-after", "60s", "1s", "30d"),
        totalEvery(fields));
  }

  private static When when(String text) {
    return switch (text) {
      case "always" -> When.ALWAYS;
      case "when-hot" -> When.HOT;
      default -> throw new IllegalArgumentException("when is neither always nor when-hot");
    };
  }

  private static Reply reply(String text) {
    return switch (text) {
      case "approximate" -> Reply.APPROXIMATE;
      case "exact" -> Reply.EXACT;
      case "ok" -> Reply.OK;
      default -> throw new IllegalArgumentException("reply is not approximate, exact or ok");
    };
  }

  private static Duration totalEvery(Map<String, String> fields) {
    if (fields.getOrDefault("total-every", "off").equals("off")) {
      return Duration.ZERO;
    }
    try {
      return duration(fields, "total-every", "off", "100ms", "1h");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + ", or off", e);
    }
  }

  private static Duration duration(
      Map<String, String> fields, String name, String byDefault, String least, String most) {
    Duration duration;
    try {
      duration = ValueType.DURATION.read(fields.getOrDefault(name, byDefault));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " is " + e.getMessage(), e);
    }
    if (duration.compareTo(ValueType.DURATION.read(least)) < 0
        || duration.compareTo(ValueType.DURATION.read(most)) > 0) {
      throw new IllegalArgumentException(name + " is not from " + least + " to " + most);
    }
    return duration;
  }
}
