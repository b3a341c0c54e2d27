package io.heatsink.control;

import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is in the history of its data. Immutable.
 *
 * @param isLinked whether it is in touch with its primary; true for a primary
 * @param history names the history; offsets of different ones can't be compared
 * @param offset how far it is: all of it that lies below has been applied
 */
record Position(boolean isPrimary, boolean isLinked, String history, long offset) {

  /** Reads the reply to {@code INFO replication}; null where it does not say. */
  static @Nullable Position of(String info) {
    Map<String, String> fields =
        info.lines()
            .filter(line -> line.indexOf(':') > 0)
            .collect(
                Collectors.toMap(
                    line -> line.substring(0, line.indexOf(':')),
                    line -> line.substring(line.indexOf(':') + 1),
                    (first, second) -> first));
    boolean isPrimary = "master".equals(fields.get("role"));
    String history = fields.get("master_replid");
    String offset = fields.get(isPrimary ? "master_repl_offset" : "slave_repl_offset");
    if (history == null || offset == null || !offset.matches("[0-9]{1,18}")) {
      return null;
    }
    boolean isLinked = isPrimary || "up".equals(fields.get("master_link_status"));
    return new Position(isPrimary, isLinked, history, Long.parseLong(offset));
  }
}
