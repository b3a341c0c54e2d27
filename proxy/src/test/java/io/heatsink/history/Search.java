package io.heatsink.history;

import java.util.ArrayList;
import java.util.List;

/** Judges small histories by trying everything, for comparison with {@link Checker}. */
final class Search {

  private Search() {}

  /** Whether one register that does one thing at a time could have done all this. */
  static boolean isLinearizable(List<Operation> history) {
    return run(new ArrayList<>(history), Operation.ABSENT);
  }

  /** Takes, as the next to happen, each operation that no other must precede. */
  private static boolean run(List<Operation> left, long value) {
    if (left.stream().noneMatch(Operation::isKnown)) {
      return true;
    }
    for (Operation next : List.copyOf(left)) {
      boolean isFirst = left.stream().noneMatch(other -> Level.COALESCED.orders(other, next));
      if (isFirst && (next.isWrite() || next.value() == value)) {
        left.remove(next);
        boolean found = run(left, next.value());
        left.add(next);
        if (found) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether the writes can be put in an order, and each read beside one, as the level wants. */
  static boolean isExplained(List<Operation> history, Level level) {
    return arrange(
        history.stream().filter(Operation::isWrite).toList(), new ArrayList<>(), history, level);
  }

  private static boolean arrange(
      List<Operation> writes, List<Operation> order, List<Operation> history, Level level) {
    if (order.size() == writes.size()) {
      List<Operation> reads = history.stream().filter(op -> !op.isWrite()).toList();
      return assign(reads, new ArrayList<>(), order, level);
    }
    for (Operation next : writes) {
      if (!order.contains(next)) {
        order.add(next);
        if (arrange(writes, order, history, level)) {
          return true;
        }
        order.remove(order.size() - 1);
      }
    }
    return false;
  }

  /** Gives each read the number of a write; 0 stands for the absence before all of them. */
  private static boolean assign(
      List<Operation> reads, List<Integer> places, List<Operation> order, Level level) {
    if (places.size() == reads.size()) {
      return holds(reads, places, order, level);
    }
    Operation read = reads.get(places.size());
    for (int i = 0; i <= order.size(); i++) {
      long value = i == 0 ? Operation.ABSENT : order.get(i - 1).value();
      if (value == read.value()) {
        places.add(i);
        if (assign(reads, places, order, level)) {
          return true;
        }
        places.remove(places.size() - 1);
      }
    }
    return false;
  }

  private static boolean holds(
      List<Operation> reads, List<Integer> places, List<Operation> order, Level level) {
    List<Operation> all = new ArrayList<>(order);
    all.addAll(reads);
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < all.size(); j++) {
        int before = i < order.size() ? i + 1 : places.get(i - order.size());
        int later = j < order.size() ? j + 1 : places.get(j - order.size());
        if (i != j && before > later && level.orders(all.get(i), all.get(j))) {
          return false;
        }
        if (i >= order.size() && before == j + 1 && isBefore(all.get(i), all.get(j))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isBefore(Operation read, Operation write) {
    return read.client() == write.client()
        ? read.number() < write.number()
        : read.returnedNanos() < write.invokedNanos();
  }
}
