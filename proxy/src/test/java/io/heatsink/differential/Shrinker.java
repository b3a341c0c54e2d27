package io.heatsink.differential;

import io.heatsink.differential.Script.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Takes commands away from a conversation for as long as it still fails (delta debugging). */
final class Shrinker {

  private final Predicate<Script> fails;
  private final long deadlineNanos;

  /**
   * @param fails holds a conversation anew
   * @param within how long that may take
   */
  Shrinker(Predicate<Script> fails, Duration within) {
    this.fails = fails;
    this.deadlineNanos = System.nanoTime() + within.toNanos();
  }

  private boolean hasTime() {
    return System.nanoTime() < deadlineNanos;
  }

  /** As short as it gets: mostly no single command can be taken away from it any more. */
  Script shrink(Script failing) {
    List<Step> steps = failing.steps();
    int chunk = Math.max(1, steps.size() / 2);
    while (hasTime()) {
      boolean shorter = false;
      for (int end = steps.size(); end > 0 && hasTime(); end -= chunk) {
        List<Step> fewer = without(steps, Math.max(0, end - chunk), end);
        if (stillFails(failing.with(fewer))) {
          steps = fewer;
          shorter = true;
        }
      }
      if (!shorter && chunk == 1) {
        break;
      }
      chunk = shorter ? Math.min(chunk, Math.max(1, steps.size() / 2)) : chunk / 2;
    }
    return failing.with(steps);
  }

  private boolean stillFails(Script script) {
    return !script.steps().isEmpty() && fails.test(script);
  }

  private static List<Step> without(List<Step> steps, int from, int to) {
    List<Step> fewer = new ArrayList<>(steps.subList(0, from));
    fewer.addAll(steps.subList(Math.min(steps.size(), to), steps.size()));
    return fewer;
  }
}
