package io.heatsink.benchmarks.load;

import io.heatsink.testkit.RedisServer;
import java.util.Map;
import java.util.Set;

/**
 * What the backend has executed, by its own count. Immutable.
 *
 * @param data commands about data
 * @param reads commands that read a value or several
 */
record Backend(long data, long reads) {

  /** Commands that are about the connection or the server, not about data. */
  private static final Set<String> NO_DATA =
      Set.of("info", "config", "command", "ping", "hello", "auth", "client", "select", "echo");

  private static final Set<String> READS = Set.of("get", "mget", "getrange");

  /** Up to this moment. */
  static Backend of(RedisServer redis) {
    long data = 0;
    long reads = 0;
    for (Map.Entry<String, Long> command : redis.commandCalls().entrySet()) {
      String name = command.getKey().split("\\|", 2)[0];
      data += NO_DATA.contains(name) ? 0 : command.getValue();
      reads += READS.contains(name) ? command.getValue() : 0;
    }
    return new Backend(data, reads);
  }

  Backend since(Backend before) {
    return new Backend(data - before.data, reads - before.reads);
  }
}
