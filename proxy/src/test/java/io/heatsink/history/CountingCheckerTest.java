package io.heatsink.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The judge of counters is judged: by histories made by hand, and by trying everything. */
class CountingCheckerTest {

  private static final int HISTORIES = 40_000;

  @Test
  void twoMayBeToldTheSame() {
    List<Counting> history =
        List.of(
            new Counting(1, 2, 0, 10), new Counting(2 - 1, 2, 1, 11), new Counting(0, 2, 12, 13));
    assertThat(CountingChecker.faultOfOnes(history)).isNull();
  }

  @Test
  void aStepThatIsOverIsSeen() {
    List<Counting> ones = List.of(new Counting(1, 1, 0, 1), new Counting(0, 0, 2, 3));
    assertThat(CountingChecker.faultOfOnes(ones)).isNotNull();
    assertThat(CountingChecker.faultOfPowers(ones)).isNotNull();
  }

  /** Each total alone is one that there may have been: between them there is no room. */
  @Test
  void asManyStepsAsThereIsRoomForBetweenTwoTotals() {
    List<Counting> history =
        List.of(
            new Counting(0, 0, 5, 6),
            new Counting(0, 1, 20, 21),
            new Counting(1, 3, 7, 30),
            new Counting(1, 3, 7, 8),
            new Counting(1, 3, 9, 10));
    assertThat(CountingChecker.faultOfOnes(history)).isNotNull();
  }

  /** Two readers who saw two steps in different orders. */
  @Test
  void totalsAreAChain() {
    List<Counting> history =
        List.of(
            new Counting(1, 3, 0, 10),
            new Counting(2, 3, 0, 10),
            new Counting(0, 1, 1, 2),
            new Counting(0, 2, 3, 4));
    assertThat(CountingChecker.faultOfPowers(history)).isNotNull();
  }

  @Test
  void saysWhatTryingEverythingSays() {
    int good = 0;
    for (long seed = 0; seed < HISTORIES; seed++) {
      boolean ones = seed % 2 == 0;
      List<Counting> history = random(new SplittableRandom(seed), ones);
      String fault =
          ones ? CountingChecker.faultOfOnes(history) : CountingChecker.faultOfPowers(history);
      boolean isGood = isExplained(history, new ArrayList<>(history), new ArrayList<>(), 0);
      assertThat(fault == null).as("seed %d: %s, %s", seed, history, fault).isEqualTo(isGood);
      good += isGood ? 1 : 0;
    }
    assertThat(good).isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
  }

  /** Takes, as the next to happen, each step and each total that nothing over must precede. */
  private static boolean isExplained(
      List<Counting> all, List<Counting> unstepped, List<Counting> untold, long total) {
    if (unstepped.isEmpty() && untold.isEmpty()) {
      return true;
    }
    for (int i = 0; i < untold.size(); i++) {
      Counting next = untold.get(i);
      if (next.total() == total && isFirst(next, unstepped, untold)) {
        List<Counting> left = without(untold, i);
        if (isExplained(all, unstepped, left, total)) {
          return true;
        }
      }
    }
    for (int i = 0; i < unstepped.size(); i++) {
      Counting next = unstepped.get(i);
      if (isFirst(next, unstepped, untold)) {
        List<Counting> more = new ArrayList<>(untold);
        more.add(next);
        if (isExplained(all, without(unstepped, i), more, total + next.step())) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isFirst(Counting next, List<Counting> one, List<Counting> other) {
    return one.stream().noneMatch(each -> each.isBefore(next))
        && other.stream().noneMatch(each -> each.isBefore(next));
  }

  private static List<Counting> without(List<Counting> all, int i) {
    List<Counting> left = new ArrayList<>(all);
    left.remove(i);
    return left;
  }

  /** Up to six operations; a total may be another than it should. */
  private static List<Counting> random(SplittableRandom random, boolean ones) {
    List<Counting> history = new ArrayList<>();
    long total = 0;
    long at = 0;
    int count = 2 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      at += random.nextInt(4);
      long step = random.nextInt(5) < 3 ? ones ? 1 : 1L << i : 0;
      total += step;
      long told = total;
      if (random.nextInt(8) == 0) {
        told = random.nextInt(ones ? count : 1 << count);
      }
      history.add(new Counting(step, told, at - random.nextInt(5), at + 1 + random.nextInt(5)));
    }
    return history;
  }
}
