package io.heatsink.config;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Reads the configuration anew while the proxy runs: all of it is taken over, or none. Thread-safe;
 * a call waits for the one before it.
 */
public final class Reloading {

  /** Reads the configuration from where it was read at the start. */
  public interface Source {
    LoadedConfig load() throws ConfigException;
  }

  /**
   * What came of it.
   *
   * @param changed settings that now have another value, each as {@code key: value -> value}
   * @param restart settings that would, after a restart
   */
  public record Outcome(List<String> changed, List<String> restart) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Source source;
  private final Consumer<HeatsinkConfig> apply;
  private LoadedConfig inForce;

  /**
   * Of what is in force since the start.
   *
   * @param apply puts the live settings of a configuration in force, see {@link Setting#isLive}
   */
  public Reloading(LoadedConfig started, Source source, Consumer<HeatsinkConfig> apply) {
    this.inForce = started;
    this.source = source;
    this.apply = apply;
  }

  /**
   * Puts in force what can be.
   *
   * @throws ConfigException that lists all faults; nothing has changed then
   */
  public Outcome reload() throws ConfigException {
    lock.lock();
    try {
      LoadedConfig next = source.load();
      Outcome outcome =
          new Outcome(inForce.differences(next, true), inForce.differences(next, false));
      if (!outcome.changed().isEmpty()) {
        apply.accept(next.config());
      }
      inForce = inForce.with(next);
      return outcome;
    } finally {
      lock.unlock();
    }
  }

  /** The settings in force, and where each came from. */
  public LoadedConfig inForce() {
    lock.lock();
    try {
      return inForce;
    } finally {
      lock.unlock();
    }
  }
}
