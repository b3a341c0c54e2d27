package io.heatsink.hunt;

import static org.awaitility.Awaitility.await;

import io.heatsink.Heatsink;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlowWire;
import io.heatsink.testkit.TestConfig;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A Redis Cluster, in which the slot of a register moves instead of a crash. Direct clients have a
 * Heatsink that keeps and shares nothing. No wire leads to the nodes, which name themselves.
 */
final class WithCluster implements Behind {

  private final RedisCluster cluster = RedisCluster.start(3, 0);
  private final Heatsink plain;
  private final SlowWire nowhere = SlowWire.to(cluster.ports().get(0));

  WithCluster() {
    TestConfig config = TestConfig.beforeCluster(cluster.ports());
    plain = Heatsink.start(config.detector(false).cache(false).coalescing(false).build());
    try (RawClient client = client()) {
      await().until(() -> client.call("DBSIZE").equals(":0\r\n"));
    }
  }

  @Override
  public List<RedisServer> servers() {
    return cluster.nodes();
  }

  @Override
  public SlowWire wire(int heatsink) {
    return nowhere;
  }

  @Override
  public TestConfig config(int heatsink) {
    return TestConfig.beforeCluster(cluster.ports());
  }

  @Override
  public RawClient client() {
    return RawClient.connect(plain.address());
  }

  @Override
  public void crash(SplittableRandom random) {
    for (String key : World.KEYS) {
      int slot = cluster.slotOf(key);
      RedisServer other = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
      if (other != cluster.ownerOf(slot)) {
        cluster.migrateSlot(slot, other);
      }
    }
  }

  @Override
  public boolean forgets() {
    return false;
  }

  @Override
  public void close() {
    nowhere.close();
    plain.close();
    cluster.close();
  }
}
