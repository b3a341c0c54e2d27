package io.heatsink.hunt;

import io.heatsink.Heatsink;
import io.heatsink.history.Operation;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.SlowWire;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Two Heatsinks on slow wires before what keeps the data, and clients of all three. */
final class World implements AutoCloseable {

  static final int HEATSINKS = 2;

  /** Registers of one round: few, so that clients meet. */
  static final List<String> KEYS = List.of("r:0", "r:1", "r:2", "r:3", "r:4", "r:5", "r:6", "r:7");

  private static final int CLIENTS_EACH = 3;

  private final Behind behind;
  private final List<Heatsink> heatsinks = new ArrayList<>();
  private final List<Player> players = new ArrayList<>();

  World(Setup setup) {
    behind = setup.behind();
    try {
      for (int i = 0; i < HEATSINKS; i++) {
        TestConfig config = behind.config(i);
        // The first has two lanes, which share a cache.
        config.lanes(i == 0 ? 2 : 1).connectTimeout(Duration.ofMillis(200));
        config.hot(1e9, 0.25 / KEYS.size(), 0, Duration.ofSeconds(1));
        setup.configure(config);
        heatsinks.add(Heatsink.start(config.build()));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    for (int via = 0; via < HEATSINKS; via++) {
      Heatsink heatsink = heatsinks.get(via);
      for (int i = 0; i < CLIENTS_EACH; i++) {
        addPlayer(via, setup.isFresh(i), () -> RawClient.connect(heatsink.address()));
      }
    }
    for (int i = 0; i < HEATSINKS; i++) {
      addPlayer(Operation.DIRECT, false, behind::client);
    }
  }

  private void addPlayer(int via, boolean isFresh, Supplier<RawClient> connect) {
    players.add(new Player(players.size(), via, isFresh, connect));
  }

  Behind behind() {
    return behind;
  }

  /** One of the servers. */
  RedisServer any(SplittableRandom random) {
    List<RedisServer> servers = behind.servers();
    return servers.get(random.nextInt(servers.size()));
  }

  SlowWire wire(int heatsink) {
    return behind.wire(heatsink);
  }

  List<Player> players() {
    return players;
  }

  /** A metric of all Heatsinks together. */
  double metric(String namePrefix) {
    return heatsinks.stream().mapToDouble(one -> AdminClient.metric(one, namePrefix)).sum();
  }

  /** Removes all registers, so that nobody remembers anything. */
  void forget() {
    List<String> words = new ArrayList<>(KEYS);
    words.add(0, "DEL");
    for (Player player : players) {
      player.insist(words.toArray(String[]::new));
    }
  }

  @Override
  public void close() {
    players.forEach(Player::close);
    heatsinks.forEach(Heatsink::close);
    behind.close();
  }
}
