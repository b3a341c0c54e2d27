package io.heatsink.clients;

import io.heatsink.Heatsink;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A Redis and a Heatsink before it, both of which can be restarted where they are. */
final class Stand implements AutoCloseable {

  private final RedisServer redis = RedisServer.start();
  private final int port = RedisServer.freePort();
  private Heatsink heatsink = startHeatsink();

  private Heatsink startHeatsink() {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return Heatsink.start(
        TestConfig.before(redis.port())
            .listen(address)
            .hot(1, 0.0001, 0, Duration.ofSeconds(1))
            .build());
  }

  int port() {
    return port;
  }

  /** A command to the Redis behind, on a connection of its own; its reply as text. */
  String direct(String... words) {
    return redis.call(words);
  }

  void restart(Feature what) {
    if (what == Feature.HEATSINK_RESTARTS) {
      heatsink.close();
      heatsink = startHeatsink();
    } else {
      redis.restart();
    }
  }

  @Override
  public void close() {
    try {
      heatsink.close();
    } finally {
      redis.close();
    }
  }
}
