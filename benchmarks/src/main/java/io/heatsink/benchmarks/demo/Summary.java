package io.heatsink.benchmarks.demo;

import java.util.Collection;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What is left to say at the end.
 *
 * @param last all that was asked and seen
 * @param calm latencies before the crowd, nanoseconds
 * @param crowd latencies in the crowd, nanoseconds
 * @param hotKeys every key that was hot at some moment, with its highest rate
 * @param acknowledged increments of the hot counter that clients know of
 * @param counted what Redis holds for that counter
 */
record Summary(
    Observation last,
    Histogram calm,
    Histogram crowd,
    Collection<Observation.Hot> hotKeys,
    long acknowledged,
    long counted) {

  /** Whether every command was answered well and no increment was lost or doubled. */
  boolean isFlawless() {
    return last.errors() == 0 && acknowledged == counted;
  }

  List<String> lines() {
    return List.of(
        "",
        Screen.text("%18s  %13s  %13s  %13s", "", "clients asked", "Redis saw", "reached Redis"),
        row("reads (GET)", last.reads(), last.redisReads()),
        row("likes (INCR)", last.likes(), last.redisWrites()),
        row("all", last.asked(), last.redisSaw()),
        "",
        "  latency, calm     " + Screen.latency(calm),
        "  latency, crowd    " + Screen.latency(crowd),
        "  hot keys found    " + hotKeyText(),
        Screen.text("  likes of the post %,d acknowledged, %,d counted", acknowledged, counted),
        Screen.text("  errors            %,d", last.errors()));
  }

  private String hotKeyText() {
    if (hotKeys.isEmpty()) {
      return "none";
    }
    List<String> texts = hotKeys.stream().limit(5).map(Observation.Hot::toString).toList();
    int more = hotKeys.size() - texts.size();
    return String.join(", ", texts) + (more > 0 ? " and " + more + " more" : "");
  }

  private static String row(String name, long asked, long saw) {
    double percent = asked == 0 ? 0 : 100.0 * saw / asked;
    return Screen.text("  %-16s  %,13d  %,13d  %11.1f %%", name, asked, saw, percent);
  }
}
