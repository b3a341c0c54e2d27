package io.heatsink.session;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Reads the configuration anew. */
public interface Reloads {

  /**
   * Begins, and tells in the end, on any thread, what changed and what needs a restart.
   *
   * @param failed is told instead why nothing has changed, in one line
   */
  void begin(Consumer<Map<String, List<String>>> done, Consumer<String> failed);
}
