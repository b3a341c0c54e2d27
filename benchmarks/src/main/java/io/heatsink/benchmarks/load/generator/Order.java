package io.heatsink.benchmarks.load.generator;

import io.heatsink.benchmarks.load.traffic.Load;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a generator is to do. Immutable.
 *
 * @param keys wanted in a key space
 * @param perSecond commands a second to send, whatever comes back; 0 for as fast as replies come
 * @param warmUpMillis load before the measured time
 * @param millis the measured time
 * @param seed of every draw
 * @param crowdKey the key of a flash crowd
 * @param trace the file of a trace
 */
public record Order(
    String host,
    int port,
    Load load,
    int keys,
    double perSecond,
    long warmUpMillis,
    long millis,
    long seed,
    String crowdKey,
    @Nullable Path trace) {

  /** Whether commands are sent at times that no reply delays. */
  public boolean isOpen() {
    return perSecond > 0;
  }

  /** As arguments of {@link Generator#main}. */
  public List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "host=" + host,
                "port=" + port,
                "load=" + load.id(),
                "keys=" + keys,
                "rate=" + perSecond,
                "warm-up=" + warmUpMillis,
                "millis=" + millis,
                "seed=" + seed,
                "crowd=" + crowdKey));
    if (trace != null) {
      arguments.add("trace=" + trace.toAbsolutePath());
    }
    return arguments;
  }

  static Order parse(String... arguments) {
    Map<String, String> given = new HashMap<>();
    for (String argument : arguments) {
      int at = argument.indexOf('=');
      given.put(argument.substring(0, at), argument.substring(at + 1));
    }
    String trace = given.get("trace");
    return new Order(
        text(given, "host"),
        Integer.parseInt(text(given, "port")),
        Load.parse(text(given, "load")),
        Integer.parseInt(text(given, "keys")),
        Double.parseDouble(text(given, "rate")),
        Long.parseLong(text(given, "warm-up")),
        Long.parseLong(text(given, "millis")),
        Long.parseLong(text(given, "seed")),
        text(given, "crowd"),
        trace == null ? null : Path.of(trace));
  }

  private static String text(Map<String, String> given, String name) {
    String text = given.get(name);
    if (text == null) {
      throw new IllegalArgumentException(name + "= is missing");
    }
    return text;
  }
}
