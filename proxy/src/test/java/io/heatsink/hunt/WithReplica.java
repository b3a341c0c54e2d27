package io.heatsink.hunt;

import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlowWire;
import io.heatsink.testkit.TestConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A primary and a replica. The replica follows on a slow wire, on which Heatsinks reach the primary
 * too; the wires that break lead to the replica.
 */
final class WithReplica implements Behind {

  private static final long REPLICATION_DELAY_NANOS = 3_000_000;

  /** A replica that comes back is given the data at once. */
  private final RedisServer primary = RedisServer.start("--repl-diskless-sync-delay", "0");

  private final RedisServer replica = RedisServer.start();
  private final SlowWire replication = SlowWire.to(primary.port());
  private final List<SlowWire> wires = new ArrayList<>();

  WithReplica() {
    replication.maxDelayNanos(REPLICATION_DELAY_NANOS);
    replica.call("REPLICAOF", "127.0.0.1", Integer.toString(replication.port()));
    settle();
    for (int i = 0; i < World.HEATSINKS; i++) {
      wires.add(SlowWire.to(replica.port()));
    }
  }

  @Override
  public List<RedisServer> servers() {
    return List.of(primary, replica);
  }

  @Override
  public SlowWire wire(int heatsink) {
    return wires.get(heatsink);
  }

  @Override
  public TestConfig config(int heatsink) {
    return TestConfig.beforeReplicas(List.of(replication.port(), wires.get(heatsink).port()));
  }

  @Override
  public RawClient client() {
    return primary.client();
  }

  @Override
  public void crash(SplittableRandom random) {
    primary.restart();
  }

  @Override
  public void settle() {
    await().until(() -> "up".equals(replica.info("replication").get("master_link_status")));
  }

  @Override
  public boolean forgets() {
    return true;
  }

  @Override
  public void close() {
    wires.forEach(SlowWire::close);
    replication.close();
    replica.close();
    primary.close();
  }
}
