package io.heatsink.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rules in force, which may change while lanes serve: those given at run time come before those
 * of the configuration. Thread-safe.
 */
public final class PolicyBook {

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Consumer<Policies>> listeners = new CopyOnWriteArrayList<>();
  private Policies configured;
  private List<Rule> preceding = List.of();
  private boolean observes;
  private volatile @Nullable Policies rehearsed;
  private volatile Policies current;

  /** The rules of the configuration alone. */
  public PolicyBook(Policies configured) {
    this.configured = configured;
    this.current = configured;
  }

  /** Who is told of each change, on the thread that makes it. */
  public void onChange(Consumer<Policies> listener) {
    listeners.add(listener);
  }

  /** The rules in force. */
  public Policies current() {
    return current;
  }

  /** What would be in force, while Heatsink only observes; null otherwise. */
  public @Nullable Policies rehearsed() {
    return rehearsed;
  }

  /**
   * The configuration has changed.
   *
   * @param observing whether nothing of it is in force, but only rehearsed
   */
  public void configure(Policies next, boolean observing) {
    lock.lock();
    try {
      configured = next;
      observes = observing;
      publish();
    } finally {
      lock.unlock();
    }
  }

  /** The rules that come before those of the configuration are these. */
  public void precede(List<Rule> rules) {
    lock.lock();
    try {
      preceding = List.copyOf(rules);
      publish();
    } finally {
      lock.unlock();
    }
  }

  private void publish() {
    List<Rule> rules = new ArrayList<>(preceding);
    rules.addAll(configured.rules());
    Policies merged = new Policies(configured.byDefault().level(), rules);
    rehearsed = observes ? merged : null;
    current = observes ? Policies.OBSERVING : merged;
    listeners.forEach(listener -> listener.accept(current));
  }
}
