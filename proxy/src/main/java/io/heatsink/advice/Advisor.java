package io.heatsink.advice;

import io.heatsink.detect.HotKey;
import io.heatsink.detect.Sampled;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Remembers by pattern what was hot while Heatsink observed, and writes settings for it.
 * Thread-safe; to be told once a second.
 */
public final class Advisor {

  private static final int MOST_PATTERNS = 500;
  private static final int MOST_RULES = 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Sight> sights = new HashMap<>();
  private long looks;

  /** These are hot, over all lanes. */
  public void look(List<HotKey> keys) {
    lock.lock();
    try {
      looks++;
      for (HotKey key : keys) {
        Sight sight = sight(key);
        if (sight != null) {
          sight.see(key, looks);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Of a hot key, what one lane would have done of late. */
  public void outcome(HotKey key, Sampled.Counts counts) {
    lock.lock();
    try {
      Sight sight = sight(key);
      if (sight != null) {
        sight.outcome(counts);
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Sight sight(HotKey key) {
    String pattern = KeyPattern.of(key.key(), key.isCut());
    Sight known = sights.get(pattern);
    if (known == null && sights.size() < MOST_PATTERNS) {
      known = new Sight(pattern);
      sights.put(pattern, known);
    }
    return known;
  }

  /** A configuration, to be pasted or merged, with comments that say why. */
  public String settings(Savings savings) {
    lock.lock();
    try {
      return write(savings);
    } finally {
      lock.unlock();
    }
  }

  private String write(Savings savings) {
    if (looks == 0) {
      return "# Nothing was observed: set mode: observe, reload, and ask again after a while.\n";
    }
    StringBuilder text = new StringBuilder();
    line(text, "# Seen in %,d s: %,d commands.", looks, savings.commands());
    line(text, "# Redis would have been spared %.1f %% of them:", 100 * savings.ratio());
    line(text, "#   %,d reads answered from memory (%,d fills)", savings.hits(), savings.fills());
    line(text, "#   %,d reads shared with others", savings.coalesced());
    line(text, "#   %,d increments combined with others", savings.combined());
    line(text, "# Changes that other sidecars make were not seen, so this is the most.");
    text.append("mode: active\n");
    List<Sight> busiest =
        sights.values().stream()
            .sorted(Comparator.comparingDouble(Sight::commands).reversed())
            .limit(MOST_RULES)
            // A rule of a level that promises more comes before one whose pattern may match, too.
            .sorted(Comparator.comparing(Sight::level, Comparator.comparingInt(Advisor::order)))
            .toList();
    if (busiest.isEmpty()) {
      text.append("# No key was hot: no rule is needed.\n");
      return text.toString();
    }
    text.append("policy:\n  rules:\n");
    for (Sight sight : busiest) {
      line(text, "    # %s", sight.why());
      text.append("    - {pattern: ").append(quoted(sight.pattern()));
      text.append(", level: ").append(sight.level()).append("}\n");
    }
    List<Sight> counters = busiest.stream().filter(Sight::isCounter).toList();
    if (!counters.isEmpty()) {
      text.append(
          "# Increments are combined anyway, and exact. If one node cannot take a counter\n");
      text.append("# even so, it can be split, which changes replies: docs/counters.md.\n");
      text.append("# counters:\n#   split:\n");
      for (Sight sight : counters) {
        text.append("#     - {pattern: ").append(quoted(sight.pattern()));
        text.append(", shards: 10}\n");
      }
    }
    return text.toString();
  }

  private static int order(String level) {
    return List.of("fresh", "coalesced", "tracked").indexOf(level);
  }

  /** As YAML has it; a quote is not in it. */
  private static String quoted(String pattern) {
    return '"' + pattern.replace("\\", "\\\\") + '"';
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
