package io.heatsink.hunt;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlowWire;
import io.heatsink.testkit.TestConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One server. */
final class OneRedis implements Behind {

  private final RedisServer redis;
  private final List<SlowWire> wires = new ArrayList<>();

  /** With these arguments. */
  OneRedis(String... args) {
    redis = RedisServer.start(args);
    for (int i = 0; i < World.HEATSINKS; i++) {
      wires.add(SlowWire.to(redis.port()));
    }
  }

  @Override
  public List<RedisServer> servers() {
    return List.of(redis);
  }

  @Override
  public SlowWire wire(int heatsink) {
    return wires.get(heatsink);
  }

  @Override
  public TestConfig config(int heatsink) {
    return TestConfig.before(wires.get(heatsink).port());
  }

  @Override
  public RawClient client() {
    return redis.client();
  }

  @Override
  public void crash(SplittableRandom random) {
    redis.restart();
  }

  @Override
  public boolean forgets() {
    return true;
  }

  @Override
  public void close() {
    wires.forEach(SlowWire::close);
    redis.close();
  }
}
