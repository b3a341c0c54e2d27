package io.heatsink.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.heatsink.Heatsink;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** A Redis and a Heatsink before it, in this JVM. Closing it ends both. */
public final class HeatsinkFixture implements AutoCloseable {

  private static final Duration HOT_WITHIN = Duration.ofSeconds(15);
  private static final int ROUND = 1000;
  private static final int SERIAL_READS = 40;
  private static final int SERIAL_MISSES = 3;

  private final RedisServer redis;
  private final Heatsink heatsink;

  private HeatsinkFixture(RedisServer redis, Heatsink heatsink) {
    this.redis = redis;
    this.heatsink = heatsink;
  }

  /** A fresh Redis and a Heatsink with default settings. */
  public static HeatsinkFixture start() {
    return start(RedisServer.start(), settings -> {});
  }

  /** A Heatsink with these settings before this Redis, which the fixture takes over. */
  public static HeatsinkFixture start(RedisServer redis, Consumer<TestConfig> settings) {
    try {
      TestConfig config = TestConfig.before(redis.port());
      settings.accept(config);
      return new HeatsinkFixture(redis, Heatsink.start(config.build()));
    } catch (RuntimeException e) {
      redis.close();
      throw e;
    }
  }

  /** The Redis behind. */
  public RedisServer redis() {
    return redis;
  }

  /** The proxy itself. */
  public Heatsink heatsink() {
    return heatsink;
  }

  /** Where clients of Heatsink connect. */
  public InetSocketAddress address() {
    return heatsink.address();
  }

  /** The port of {@link #address}. */
  public int port() {
    return heatsink.address().getPort();
  }

  /** A client of Heatsink. */
  public RawClient client() {
    return RawClient.connect(address());
  }

  /** A client of Heatsink that has said HELLO 3. */
  public RawClient client3() {
    RawClient client = client();
    client.call("HELLO", "3");
    return client;
  }

  /** A client of the Redis behind. */
  public RawClient direct() {
    return redis.client();
  }

  /**
   * Reads a key until it is answered without Redis, and fails where that never happens.
   *
   * @param client authenticated, and in the key's database
   */
  public void absorb(RawClient client, byte[] key) {
    long deadline = System.nanoTime() + HOT_WITHIN.toNanos();
    List<byte[]> round = Collections.nCopies(ROUND, RawClient.encode("GET".getBytes(UTF_8), key));
    while (System.nanoTime() < deadline) {
      client.pipeline(round);
      if (isAbsorbed(client, key)) {
        return;
      }
    }
    throw new AssertionError("never absorbed: " + RawClient.printable(key));
  }

  /** Reads a key until it is answered without Redis. */
  public void absorb(RawClient client, String key) {
    absorb(client, key.getBytes(UTF_8));
  }

  /** Whether reads of this key, one after the other, go past Redis. */
  public boolean isAbsorbed(RawClient client, byte[] key) {
    long before = redis.calls("get");
    byte[] read = RawClient.encode("GET".getBytes(UTF_8), key);
    for (int i = 0; i < SERIAL_READS; i++) {
      client.sendRaw(read).readReply();
    }
    return redis.calls("get") - before <= SERIAL_MISSES;
  }

  /** What the admin port answers. */
  public HttpResponse<String> admin(String path) {
    return AdminClient.get(heatsink, path);
  }

  /** The samples of {@code /metrics} whose name begins so, summed over their labels. */
  public double metric(String namePrefix) {
    return AdminClient.metric(heatsink, namePrefix);
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
