package io.heatsink.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;

/** Two equal servers: one to talk to directly, one behind a Heatsink to which everything is hot. */
final class Twins implements AutoCloseable {

  /** Reads of a key that make it hot, whatever the conversation then does with it. */
  private static final int HEAT = 40;

  private static final int DATABASES = 16;
  private static final Duration QUIET_WITHIN = Duration.ofSeconds(20);

  private final RedisServer plain;
  private final HeatsinkFixture heatsink;
  private final RawClient plainControl;
  private final RawClient twinControl;
  private final RawClient bystander;

  private Twins(RedisServer plain, HeatsinkFixture heatsink) {
    this.plain = plain;
    this.heatsink = heatsink;
    plainControl = plain.client();
    twinControl = heatsink.direct();
    bystander = heatsink.client();
  }

  static Twins start(Path binary, int lanes) {
    return new Twins(
        startRedis(binary),
        HeatsinkFixture.start(
            startRedis(binary),
            settings -> settings.hot(1, 0.0001, 0, Duration.ofSeconds(1)).lanes(lanes)));
  }

  /** With DEBUG, where the release has to be told so. */
  private static RedisServer startRedis(Path binary) {
    try {
      return RedisServer.start(binary, "--enable-debug-command", "yes");
    } catch (IllegalStateException e) {
      return RedisServer.start(binary);
    }
  }

  RedisServer plain() {
    return plain;
  }

  HeatsinkFixture heatsink() {
    return heatsink;
  }

  /** The Redis that is talked to directly has read and answered what it was sent before. */
  void settle() {
    assertThat(plainControl.call("PING")).isEqualTo("+PONG\r\n");
  }

  /** Heatsink's event loop has gone round since. */
  void turn() {
    assertThat(bystander.call("PING")).isEqualTo("+PONG\r\n");
  }

  /** Whether somebody waits for something at the plain Redis that comes with time alone. */
  boolean isTimeRunning() {
    return field(plainControl, "clients_in_timeout_table") > 0;
  }

  /**
   * Waits until the twin has as many blocked clients, so that the next command meets them. Who
   * flushes is blocked as well from Redis 7.4 on, until a thread of Redis' has done it.
   */
  void alignBlocked() {
    Awaitility.await("blocked clients, as at Redis")
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(QUIET_WITHIN)
        .until(() -> isBlockedAlike() && !isTwinsTimeRunning());
  }

  private boolean isBlockedAlike() {
    return field(twinControl, "blocked_clients") == field(plainControl, "blocked_clients");
  }

  private boolean isTwinsTimeRunning() {
    return field(twinControl, "clients_in_timeout_table") > 0;
  }

  private static long field(RawClient control, String name) {
    String info = control.call("INFO", "clients");
    int at = info.indexOf(name + ":") + name.length() + 1;
    return Long.parseLong(info.substring(at, info.indexOf('\r', at)));
  }

  /** Empties both, once nothing of the conversation before is left, and heats keys up. */
  void clear() {
    awaitQuiet(plainControl, "Redis");
    awaitQuiet(twinControl, "the twin");
    for (RawClient to : List.of(plainControl, bystander)) {
      for (String command : List.of("FLUSHALL", "SCRIPT FLUSH", "FUNCTION FLUSH")) {
        to.call(command.split(" ", -1));
      }
    }
    bystander.pipeline(Vocabulary.heat(HEAT));
  }

  private static void awaitQuiet(RawClient control, String where) {
    Awaitility.await("clients of the last conversation have left " + where)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(QUIET_WITHIN)
        .until(() -> remains(control), String::isEmpty);
  }

  /** What somebody still holds, so that a next conversation would notice. */
  private static String remains(RawClient control) {
    long blocked = field(control, "blocked_clients");
    String channels = control.call("PUBSUB", "CHANNELS");
    String shards = control.call("PUBSUB", "SHARDCHANNELS");
    String patterns = control.call("PUBSUB", "NUMPAT");
    boolean none = channels.equals("*0\r\n") && patterns.equals(":0\r\n") && blocked == 0;
    boolean noShards = shards.equals("*0\r\n") || shards.startsWith("-");
    return none && noShards
        ? ""
        : blocked + " blocked, " + channels + patterns + shards + control.call("CLIENT", "LIST");
  }

  /** How the data of the two differ; empty where they do not. */
  String compareData() {
    String expected = plainControl.call("DEBUG", "DIGEST");
    String actual = twinControl.call("DEBUG", "DIGEST");
    if (expected.equals(actual)) {
      return "";
    }
    StringBuilder keys = new StringBuilder("the data differ afterwards:");
    for (int database = 0; database < DATABASES; database++) {
      plainControl.call("SELECT", Integer.toString(database));
      twinControl.call("SELECT", Integer.toString(database));
      compareKeys(database, keys);
    }
    plainControl.call("SELECT", "0");
    twinControl.call("SELECT", "0");
    return keys.toString();
  }

  private void compareKeys(int database, StringBuilder out) {
    Set<String> names = new TreeSet<>();
    for (RawClient control : List.of(plainControl, twinControl)) {
      Reply.of(control.send("KEYS", "*").readReply()).parts().forEach(k -> names.add(k.text()));
    }
    for (String name : names) {
      byte[] key = Vocabulary.bytes(name);
      String expected = digest(plainControl, key);
      String actual = digest(twinControl, key);
      if (!expected.equals(actual)) {
        out.append("\ndatabase %d, key %s: ".formatted(database, RawClient.printable(key)));
        out.append("at Redis %s, behind Heatsink %s".formatted(expected, actual));
      }
    }
  }

  private static String digest(RawClient control, byte[] key) {
    byte[] verb = Vocabulary.bytes("DEBUG");
    return control.call(verb, Vocabulary.bytes("DIGEST-VALUE"), key).strip();
  }

  @Override
  public void close() {
    plainControl.close();
    twinControl.close();
    bystander.close();
    try {
      heatsink.close();
    } finally {
      plain.close();
    }
  }
}
