package io.heatsink.benchmarks.load;

import io.heatsink.testkit.RedisBinary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code redis-benchmark}, run once a load. Immutable.
 *
 * @param binary the program
 * @param folder for what it prints
 * @param clients connections
 * @param keys distinct keys of a uniform load
 */
record LoadGenerator(Path binary, Path folder, int clients, int keys) {

  private static final long LEAST_PER_SECOND = 1_000;
  private static final long SLACK_SECONDS = 30;

  /**
   * What it measured.
   *
   * @param p50Millis NaN where an old release does not tell
   * @param p99Millis NaN where an old release does not tell
   */
  record Report(double perSecond, double p50Millis, double p99Millis) {}

  /** The installed one, or null. */
  static @Nullable Path installed() {
    return RedisBinary.onPath("redis-benchmark");
  }

  /** Sends {@code requests} commands of this load to a port. */
  Report run(Load load, int port, long requests) {
    List<String> command = new ArrayList<>(List.of(binary.toString(), "--csv"));
    command.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(port)));
    command.addAll(load.arguments(requests, clients, keys));
    Duration timeout = Duration.ofSeconds(SLACK_SECONDS + requests / LEAST_PER_SECOND);
    return parse(Child.start(command, folder.resolve("load.csv")).await(timeout));
  }

  /** Reads what {@code --csv} prints: a header since Redis 6.2, and one line. */
  static Report parse(String csv) {
    Map<String, String> fields = new HashMap<>();
    List<String> names = List.of("test", "rps");
    for (String line : csv.lines().filter(l -> l.startsWith("\"")).toList()) {
      List<String> cells = List.of(line.substring(1, line.length() - 1).split("\",\"", -1));
      if (cells.get(0).equals("test")) {
        names = cells;
        continue;
      }
      for (int i = 0; i < cells.size() && i < names.size(); i++) {
        fields.put(names.get(i), cells.get(i));
      }
    }
    if (!fields.containsKey("rps")) {
      throw new IllegalStateException("redis-benchmark printed no result:\n" + csv);
    }
    return new Report(
        number(fields, "rps"), number(fields, "p50_latency_ms"), number(fields, "p99_latency_ms"));
  }

  private static double number(Map<String, String> fields, String name) {
    String text = fields.get(name);
    return text == null ? Double.NaN : Double.parseDouble(text);
  }
}
