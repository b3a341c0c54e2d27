package io.heatsink.console;

import io.heatsink.counter.split.Listed;
import io.heatsink.policy.Glob;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Split counters, as the backend has them. Thread-safe; answers come on any thread. */
public interface SplitControl {

  /** Asks which counters are split in the database of the settings. */
  void list(Consumer<List<Listed>> then);

  /** Folds those that match, whoever split them. */
  void fold(int database, Glob glob, Consumer<Folded> then);

  /**
   * What has become of it.
   *
   * @param found how many match
   * @param fault why it is not known which are split; null where it is
   */
  record Folded(long folded, long found, @Nullable String fault) {

    /** Nothing, for this reason. */
    public static Folded not(String fault) {
      return new Folded(0, 0, fault);
    }
  }
}
