package io.heatsink.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The least part of a bad history that is still bad, for a human to read. */
public final class Counterexample {

  private Counterexample() {}

  /** The fault of a history and the operations that show it; null where there is none. */
  public static @Nullable String of(List<Operation> history, Level level) {
    String fault = Checker.fault(history, level);
    if (fault == null) {
      return null;
    }
    List<Operation> least = shrink(history, level);
    least.sort(Comparator.comparingLong(Operation::invokedNanos));
    long start = least.get(0).invokedNanos();
    return least.stream()
        .map(operation -> operation.toString(start))
        .collect(Collectors.joining("\n", fault + "\n", ""));
  }

  /**
   * Leaves operations out for as long as what is left is bad. A good history stays good without a
   * read, and without a write that nobody saw.
   */
  static List<Operation> shrink(List<Operation> history, Level level) {
    List<Operation> least = history;
    for (int piece = Math.max(1, history.size() / 2); piece > 1; piece /= 2) {
      least = leaveOut(piece, least, level);
    }
    List<Operation> before;
    do {
      before = least;
      least = leaveOut(1, before, level);
    } while (least.size() < before.size());
    return new ArrayList<>(least);
  }

  private static List<Operation> leaveOut(int piece, List<Operation> history, Level level) {
    List<Operation> least = history;
    int from = 0;
    while (from < least.size()) {
      List<Operation> without = new ArrayList<>(least.subList(0, from));
      without.addAll(least.subList(Math.min(from + piece, least.size()), least.size()));
      if (isWhole(least, without) && Checker.fault(without, level) != null) {
        least = without;
      } else {
        from += piece;
      }
    }
    return least;
  }

  /** Whether no write was left out that a read of what is left saw, or may have seen. */
  private static boolean isWhole(List<Operation> before, List<Operation> left) {
    List<Operation> gone = new ArrayList<>(before);
    gone.removeAll(left);
    return gone.stream()
        .filter(Operation::isWrite)
        .allMatch(
            write -> left.stream().noneMatch(op -> !op.isWrite() && op.value() == write.value()));
  }
}
