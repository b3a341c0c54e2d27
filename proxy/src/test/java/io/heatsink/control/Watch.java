package io.heatsink.control;

import static org.awaitility.Awaitility.await;

import io.heatsink.command.CommandTable;
import io.heatsink.testkit.RedisServer;
import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import io.heatsink.upstream.Credentials;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A control plane that runs, and all the pictures that it has published. */
final class Watch implements AutoCloseable {

  final ControlPlane control;
  private final CommandTable shipped = CommandTable.shipped();
  private final AtomicReference<CommandTable> commands = new AtomicReference<>(shipped);
  final List<Topology> pictures = new CopyOnWriteArrayList<>();

  private static final ControlAccess OPEN = new ControlAccess(Credentials.NONE, null, true);

  Watch(Access.Kind kind, @Nullable String masterName, List<Integer> ports) {
    List<Node> seeds = ports.stream().map(port -> new Node("127.0.0.1", port)).toList();
    Access access = new Access(kind, seeds, masterName, OPEN, OPEN, Duration.ofSeconds(1));
    control = new ControlPlane(access, commands);
    control.topology().onChange(pictures::add);
    control.start();
  }

  static Node node(RedisServer server) {
    return new Node("127.0.0.1", server.port());
  }

  Topology now() {
    return control.topology().current();
  }

  /** Whether the backend has told its commands. */
  boolean hasLearned() {
    return !shipped.equals(commands.get());
  }

  /** The primary of an only shard. */
  @Nullable Node primary() {
    Shard shard = now().shard(0);
    return shard == null ? null : shard.primary();
  }

  /** Waits for a picture, and fails where it does not come. */
  void awaitPicture(Duration within, Predicate<Topology> is) {
    await()
        .atMost(within)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(
            () -> {
              if (!is.test(now())) {
                throw new AssertionError(now() + " " + now().shards());
              }
            });
  }

  void awaitPrimary(Duration within, RedisServer server) {
    awaitPicture(within, now -> now.isKnown() && node(server).equals(primary()));
  }

  @Override
  public void close() {
    control.close();
  }
}
