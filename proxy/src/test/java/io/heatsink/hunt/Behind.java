package io.heatsink.hunt;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlowWire;
import io.heatsink.testkit.TestConfig;
import java.util.List;
import java.util.SplittableRandom;

/** What stands behind the Heatsinks, with a slow wire for each of them. For one thread. */
interface Behind extends AutoCloseable {

  /** All servers that run. */
  List<RedisServer> servers();

  /** The wire of a Heatsink that breaks and is slow. */
  SlowWire wire(int heatsink);

  /** How a Heatsink reaches all that. */
  TestConfig config(int heatsink);

  /** A client that is answered by the data itself. */
  RawClient client();

  /** The data dies and comes back empty; or what is worse than that here. */
  void crash(SplittableRandom random);

  /** Whether {@link #crash} removes all keys. */
  boolean forgets();

  /** Waits until it is whole again after a crash. */
  default void settle() {}

  @Override
  void close();
}
