package io.heatsink.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judges the history of one register, which is absent at first. For one thread, used once. */
public final class Checker {

  /*
   * Every value is written once, so each read tells which write it saw. A write and the reads that
   * saw it form a cluster; where some operation of one cluster must come before some operation of
   * another, the whole cluster must. A total order of the writes that explains all reads exists if
   * and only if this relation of clusters has no cycle: this is the test of Gibbons and Korach,
   * "Testing Shared Memories", SIAM J. Comput. 26(4), 1997, section 4, for a known mapping of reads
   * to writes. It takes O(n²) and holds for any relation of operations, so one checker serves
   * linearizability (all that is earlier in real time) and what weaker levels leave of it.
   *
   * Absence alone may be written more than once. A read of it is tried with each removal that it
   * may have seen, the latest first, which in a good history is nearly always the right one.
   */

  private static final int MAX_TRIALS = 20_000;

  private final Level level;
  private final List<Cluster> clusters = new ArrayList<>();
  private final List<Operation> absences = new ArrayList<>();
  private int trials;

  /** A write, the first of them, and the reads that saw it; the very first write is nobody's. */
  private static final class Cluster {
    final @Nullable Operation write;
    final List<Operation> operations = new ArrayList<>();

    Cluster(@Nullable Operation write) {
      this.write = write;
      if (write != null) {
        operations.add(write);
      }
    }

    boolean isRemoval() {
      return write == null || write.value() == Operation.ABSENT;
    }

    long invokedNanos() {
      return write == null ? Long.MIN_VALUE : write.invokedNanos();
    }
  }

  private Checker(Level level) {
    this.level = level;
  }

  /** What is wrong with a history, or null. */
  public static @Nullable String fault(List<Operation> history, Level level) {
    return new Checker(level).fault(history);
  }

  private @Nullable String fault(List<Operation> history) {
    Map<Long, Cluster> byValue = new HashMap<>();
    clusters.add(new Cluster(null));
    history.stream().filter(Operation::isWrite).forEach(write -> addWrite(write, byValue));
    for (Operation read : history) {
      if (read.isWrite()) {
        continue;
      }
      Cluster cluster = byValue.get(read.value());
      if (read.value() == Operation.ABSENT) {
        absences.add(read);
      } else if (cluster == null) {
        return "read, but never written: " + read.value();
      } else if (!mayHaveSeen(read, cluster)) {
        return "read before it was written: " + read.value();
      } else {
        cluster.operations.add(read);
      }
    }
    absences.sort(Comparator.comparingLong(Operation::returnedNanos));
    return judge();
  }

  private void addWrite(Operation write, Map<Long, Cluster> byValue) {
    Cluster cluster = new Cluster(write);
    clusters.add(cluster);
    if (!cluster.isRemoval() && byValue.put(write.value(), cluster) != null) {
      throw new IllegalArgumentException("written twice: " + write.value());
    }
  }

  private boolean mayHaveSeen(Operation read, Cluster cluster) {
    Operation write = cluster.write;
    return write == null
        || (read.returnedNanos() - write.invokedNanos() >= 0
            && !(read.client() == write.client() && read.number() < write.number()));
  }

  private @Nullable String judge() {
    Order order = new Order(clusters.size());
    for (int i = 1; i < clusters.size(); i++) {
      order.put(0, i);
    }
    for (int i = 1; i < clusters.size(); i++) {
      for (Operation operation : clusters.get(i).operations) {
        if (!place(operation, i, order)) {
          return "no order of the writes explains what was read";
        }
      }
    }
    return explain(0, order) ? null : "no order of the writes explains where nothing was found";
  }

  /** Takes all that an operation of this cluster says of other clusters into the order. */
  private boolean place(Operation operation, int cluster, Order order) {
    for (int i = 0; i < clusters.size(); i++) {
      if (i == cluster) {
        continue;
      }
      for (Operation other : clusters.get(i).operations) {
        if ((level.orders(other, operation) && !order.put(i, cluster))
            || (level.orders(operation, other) && !order.put(cluster, i))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Finds a removal for each absence from number {@code from} on. */
  private boolean explain(int from, Order order) {
    if (from == absences.size() || ++trials > MAX_TRIALS) {
      // Beyond the limit nothing is proven; a fault must be.
      return true;
    }
    Operation absence = absences.get(from);
    for (int i : removalsLatestFirst()) {
      Cluster cluster = clusters.get(i);
      Order trial = new Order(order);
      if (mayHaveSeen(absence, cluster) && place(absence, i, trial)) {
        cluster.operations.add(absence);
        boolean explained = explain(from + 1, trial);
        cluster.operations.remove(cluster.operations.size() - 1);
        if (explained) {
          return true;
        }
      }
    }
    return false;
  }

  private List<Integer> removalsLatestFirst() {
    List<Integer> removals = new ArrayList<>();
    for (int i = 0; i < clusters.size(); i++) {
      if (clusters.get(i).isRemoval()) {
        removals.add(i);
      }
    }
    removals.sort(
        Comparator.comparingLong((Integer i) -> clusters.get(i).invokedNanos()).reversed());
    return removals;
  }
}
