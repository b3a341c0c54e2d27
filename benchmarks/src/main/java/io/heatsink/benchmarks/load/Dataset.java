package io.heatsink.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.heatsink.benchmarks.load.traffic.KeySpace;
import io.heatsink.benchmarks.load.traffic.Load;
import io.heatsink.benchmarks.load.traffic.Trace;
import io.heatsink.benchmarks.load.traffic.Traffic;
import io.heatsink.benchmarks.load.traffic.Workloads;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the backend holds: every key that a load reads. For one thread. */
final class Dataset {

  private static final int KEYS_PER_COMMAND = 1_000;
  private static final int BYTES_PER_COMMAND = 4 << 20;

  private final RedisServer backend;
  private final int keys;
  private final @Nullable Trace trace;
  private final Set<Integer> filledSizes = new HashSet<>();

  Dataset(RedisServer backend, int keys, @Nullable Trace trace) {
    this.backend = backend;
    this.keys = keys;
    this.trace = trace;
  }

  /** Writes what the load needs and what is not there yet. */
  void fill(Load load) {
    backend.call("SET", Workloads.COUNTER, "0");
    KeySpace space = KeySpace.of(Math.max(1, load.valueBytes()), keys);
    if (load.traffic() == Traffic.TRACE) {
      fill(Objects.requireNonNull(trace, "no trace"), space);
    } else if (load.valueBytes() > 0 && filledSizes.add(load.valueBytes())) {
      fill(space);
    }
  }

  /** Writes one key that nobody knows yet. */
  void write(String key, int valueBytes) {
    backend.call("SET", key, "x".repeat(valueBytes));
  }

  private void fill(KeySpace space) {
    write(space.hot(), space.valueBytes());
    int step = Math.max(1, Math.min(KEYS_PER_COMMAND, BYTES_PER_COMMAND / space.valueBytes()));
    byte[] value = space.value();
    try (RawClient client = backend.client()) {
      List<byte[]> command = new ArrayList<>();
      for (int key = 0; key < space.count(); key++) {
        command.add(space.name(key).getBytes(ISO_8859_1));
        command.add(value);
        if (command.size() == 2 * step || key == space.count() - 1) {
          set(client, command);
        }
      }
    }
  }

  private void fill(Trace lines, KeySpace space) {
    byte[] value = space.value();
    byte[] zero = {'0'};
    try (RawClient client = backend.client()) {
      List<byte[]> command = new ArrayList<>();
      int step = Math.max(1, Math.min(KEYS_PER_COMMAND, BYTES_PER_COMMAND / value.length));
      for (Trace.Command line : lines.commands()) {
        command.add(line.key().getBytes(ISO_8859_1));
        command.add(lines.isCounter(line.key()) ? zero : value);
        if (command.size() == 2 * step) {
          set(client, command);
        }
      }
      if (!command.isEmpty()) {
        set(client, command);
      }
    }
  }

  private static void set(RawClient client, List<byte[]> command) {
    command.add(0, new byte[] {'M', 'S', 'E', 'T'});
    String reply = client.call(command.toArray(new byte[0][]));
    if (!reply.equals("+OK\r\n")) {
      throw new IllegalStateException("the backend does not take the keys: " + reply);
    }
    command.clear();
  }
}
