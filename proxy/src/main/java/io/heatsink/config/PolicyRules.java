package io.heatsink.config;

import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.config.HeatsinkConfig.PolicyRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code policy.default}, and {@code policy.rules}, a YAML list of mappings. */
final class PolicyRules {

  private static final String LEVELS = "fresh, coalesced, tracked, ttl or stale-if-error";
  private static final List<String> FIELDS =
      List.of("pattern", "level", "ttl", "max-stale", "replicas", "replica-max-lag");
  private static final Duration REPLICA_MAX_LAG = Duration.ofSeconds(1);

  private PolicyRules() {}

  /** Reads the list; an {@link IllegalArgumentException} names the element and what is wrong. */
  static List<PolicyRule> parse(String text) {
    return MappingList.parse(text, FIELDS, PolicyRules::element);
  }

  /** Reads the level of keys that no rule matches. */
  static Level parseDefault(String text) {
    Level level = level(text);
    if (level == Level.STALE_IF_ERROR) {
      throw new IllegalArgumentException(
          "a level that needs max-stale: make it a last rule with pattern \"*\"");
    }
    return level;
  }

  private static PolicyRule element(Map<String, String> fields) {
    String pattern = MappingList.pattern(fields);
    String written = fields.get("level");
    if (written == null) {
      throw new IllegalArgumentException("the level is missing: " + LEVELS);
    }
    Level level = level(written);
    Duration ttl = duration(fields, "ttl", "24h");
    Duration maxStale = duration(fields, "max-stale", "30d");
    if (ttl != null && (level == Level.FRESH || level == Level.COALESCED)) {
      throw new IllegalArgumentException("ttl has no meaning at level " + written);
    }
    if (maxStale != null && level != Level.STALE_IF_ERROR) {
      throw new IllegalArgumentException("max-stale has no meaning at level " + written);
    }
    if (maxStale == null && level == Level.STALE_IF_ERROR) {
      throw new IllegalArgumentException(
          "max-stale is missing: how old an answer may be while Redis cannot be reached");
    }
    return new PolicyRule(pattern, level, ttl, maxStale, replicaLag(fields, level));
  }

  private static @Nullable Duration replicaLag(Map<String, String> fields, Level level) {
    String replicas = fields.getOrDefault("replicas", "false");
    boolean wants = replicas.equals("true");
    if (!wants && !replicas.equals("false")) {
      throw new IllegalArgumentException("replicas is not true or false");
    }
    Duration lag = duration(fields, "replica-max-lag", "1m");
    if (lag != null && !wants) {
      throw new IllegalArgumentException("replica-max-lag has no meaning without replicas: true");
    }
    if (wants && level == Level.FRESH) {
      throw new IllegalArgumentException("replicas has no meaning at level fresh");
    }
    return !wants ? null : lag == null ? REPLICA_MAX_LAG : lag;
  }

  private static Level level(String text) {
    return switch (text) {
      case "fresh" -> Level.FRESH;
      case "coalesced" -> Level.COALESCED;
      case "tracked" -> Level.TRACKED;
      case "ttl" -> Level.TTL;
      case "stale-if-error" -> Level.STALE_IF_ERROR;
      default -> throw new IllegalArgumentException("the level is not " + LEVELS);
    };
  }

  private static @Nullable Duration duration(
      Map<String, String> fields, String name, String longest) {
    String text = fields.get(name);
    if (text == null) {
      return null;
    }
    Duration duration;
    try {
      duration = ValueType.DURATION.read(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " is " + e.getMessage(), e);
    }
    if (duration.compareTo(Duration.ofMillis(1)) < 0
        || duration.compareTo(ValueType.DURATION.read(longest)) > 0) {
      throw new IllegalArgumentException(name + " is not from 1ms to " + longest);
    }
    return duration;
  }
}
