package io.heatsink.console;

import io.heatsink.counter.split.Listed;
import io.heatsink.policy.Glob;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Split counters, as the backend has them. Thread-safe; answers come on any thread. */
public interface SplitControl {

  /** Asks which counters are split in the database of the settings. */
  void list(Consumer<List<Listed>> then);

  /** Folds those that match, whoever split them; tells how many, and of how many. */
  void fold(int database, Glob glob, BiConsumer<Long, Long> then);
}
