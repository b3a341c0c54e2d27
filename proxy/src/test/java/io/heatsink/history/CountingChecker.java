package io.heatsink.history;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Judges the history of one counter, 0 at first: each step is taken at one moment between its call
 * and its reply, and each total is the counter's at one moment there, not before its own step.
 */
public final class CountingChecker {

  /*
   * The same number may be told twice: a total is what was there, and not a number of one's own. So
   * only the order of the steps is in question; a reading lies in the gap that its total names.
   *
   * Where every step is another power of two, a total names the steps before it. They fit if the
   * sets are a chain, real time is kept between sets, and between steps and sets, and no set has a
   * step without one that was over before it began.
   *
   * Where all steps are ones, a total says how many are before it: real time gives each step a
   * first and a last place, and they fit if they can be done one a place, which is scheduling of
   * unit tasks with release times and deadlines: what is due first, first. Both are made consistent
   * with the order among steps before (Garey, Johnson: "Two-Processor Scheduling with Start-Times
   * and Deadlines", SIAM J. Comput. 6(3), 1977, section 2).
   */

  private CountingChecker() {}

  /** What is wrong where each step is another power of two, or null. */
  public static @Nullable String faultOfPowers(List<Counting> history) {
    List<Counting> steps = history.stream().filter(Counting::adds).toList();
    long all = steps.stream().mapToLong(Counting::step).sum();
    for (Counting each : history) {
      if ((each.total() & ~all) != 0 || (each.total() & each.step()) != each.step()) {
        return "no sum of steps, or not its own: " + each;
      }
      for (Counting step : steps) {
        boolean isIn = (each.total() & step.step()) != 0;
        if (isIn ? each.isBefore(step) : step.isBefore(each)) {
          return step + (isIn ? " is in an earlier " : " is not in a later ") + each;
        }
        for (Counting later : steps) {
          if (!isIn && step.isBefore(later) && (each.total() & later.step()) != 0) {
            return "%s has %s and not %s before it".formatted(each, later, step);
          }
        }
      }
      for (Counting other : history) {
        long common = each.total() & other.total();
        boolean isWithin = common == each.total();
        if ((!isWithin && common != other.total()) || (!isWithin && each.isBefore(other))) {
          return "%s and %s fit in no order".formatted(each, other);
        }
      }
    }
    return null;
  }

  /** What is wrong where all steps are ones, or null. */
  public static @Nullable String faultOfOnes(List<Counting> history) {
    List<Counting> steps =
        history.stream()
            .filter(Counting::adds)
            .sorted(Comparator.comparingLong(Counting::invokedNanos))
            .toList();
    int count = steps.size();
    for (Counting each : history) {
      if (each.total() < each.step() || each.total() > count) {
        return "more than all, or less than its own: " + each;
      }
      for (Counting other : history) {
        if (each.isBefore(other) && each.total() > other.total()) {
          return "it went back: %s, %s".formatted(each, other);
        }
      }
    }
    long[] first = new long[count];
    long[] last = new long[count];
    bound(history, steps, first, last);
    return isFeasible(first, last) ? null : "no order of the steps explains the totals";
  }

  /** In which places each step may lie, from 1 on. */
  private static void bound(
      List<Counting> history, List<Counting> steps, long[] first, long[] last) {
    int count = steps.size();
    Arrays.fill(first, 1);
    for (int i = 0; i < count; i++) {
      last[i] = Math.min(count, steps.get(i).total());
      for (Counting read : history) {
        if (read.isBefore(steps.get(i))) {
          first[i] = Math.max(first[i], read.total() + 1);
        } else if (steps.get(i).isBefore(read)) {
          last[i] = Math.min(last[i], read.total());
        }
      }
    }
    // By the times of their calls: whatever was over before one stands before it.
    for (int j = 0; j < count; j++) {
      for (int i = 0; i < j; i++) {
        if (steps.get(i).isBefore(steps.get(j))) {
          first[j] = Math.max(first[j], first[i] + 1);
        }
      }
    }
    for (int i = count - 1; i >= 0; i--) {
      for (int j = i + 1; j < count; j++) {
        if (steps.get(i).isBefore(steps.get(j))) {
          last[i] = Math.min(last[i], last[j] - 1);
        }
      }
    }
  }

  private static boolean isFeasible(long[] first, long[] last) {
    Integer[] byFirst = new Integer[first.length];
    Arrays.setAll(byFirst, i -> i);
    Arrays.sort(byFirst, Comparator.comparingLong(i -> first[i]));
    PriorityQueue<Long> due = new PriorityQueue<>();
    int next = 0;
    for (int place = 1; place <= first.length; place++) {
      for (; next < byFirst.length && first[byFirst[next]] <= place; next++) {
        due.add(last[byFirst[next]]);
      }
      Long soonest = due.poll();
      if (soonest == null || soonest < place) {
        return false;
      }
    }
    return true;
  }
}
