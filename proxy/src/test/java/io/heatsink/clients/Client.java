package io.heatsink.clients;

import static io.heatsink.clients.Feature.PUB_SUB;
import static io.heatsink.clients.Feature.TRACKING;
import static io.heatsink.clients.Feature.TRANSACTION;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A row of the matrix: a client and the protocol it speaks.
 *
 * @param artifact its name where its version is written: the parent's pom.xml or the lock file
 * @param lacking features that it does not have
 */
record Client(
    String title, int protocol, String artifact, Connector connector, List<Feature> lacking) {

  /*
   * What a client lacks, it lacks with Redis as well: client-side caching where it has none or none
   * in that protocol (Jedis has it with Redis 7.4 or newer), transactions and pub/sub where it is a
   * job queue.
   */
  static final List<Client> ALL =
      List.of(
          of("Jedis", 2, "jedis", JedisSubject::new, TRACKING),
          of("Jedis", 3, "jedis", JedisSubject::new, TRACKING),
          of("Lettuce", 2, "lettuce", LettuceSubject::new, TRACKING),
          of("Lettuce", 3, "lettuce", LettuceSubject::new),
          of("Redisson", 2, "redisson", RedissonSubject::new, TRACKING),
          of("Redisson", 3, "redisson", RedissonSubject::new),
          of("Spring Data Redis", 2, "spring-data-redis", SpringSubject::new, TRACKING),
          of("Spring Data Redis", 3, "spring-data-redis", SpringSubject::new, TRACKING),
          of("ioredis", 2, "ioredis", node("ioredis"), TRACKING),
          of("node-redis", 2, "redis", node("node-redis"), TRACKING),
          of("node-redis", 3, "redis", node("node-redis")),
          of("BullMQ", 2, "bullmq", node("bullmq"), TRANSACTION, PUB_SUB, TRACKING));

  /** Connects it to a port. */
  interface Connector {
    Subject connect(int port, int protocol) throws IOException, InterruptedException;
  }

  private static Client of(
      String title, int protocol, String artifact, Connector connector, Feature... lacking) {
    return new Client(title, protocol, artifact, connector, List.of(lacking));
  }

  private static Connector node(String name) {
    return (port, protocol) -> new NodeSubject(name, port, protocol);
  }

  /** What it has, restarts last. */
  List<Feature> features() {
    return Arrays.stream(Feature.values()).filter(feature -> !lacking.contains(feature)).toList();
  }

  Subject connect(Stand stand) throws IOException, InterruptedException {
    return connector.connect(stand.port(), protocol);
  }

  /** The release that is tested. */
  String version() {
    String inPom = "<" + artifact + "[.]version>([0-9]+[.][0-9]+[.][0-9]+)";
    Matcher pom = Pattern.compile(inPom).matcher(read(Path.of("..", "pom.xml")));
    if (pom.find()) {
      return pom.group(1);
    }
    String inLock = "\"node_modules/" + artifact + "\": \\{\\s*\"version\": \"([^\"]+)\"";
    Path lock = Path.of("src", "test", "node", "package-lock.json");
    Matcher locked = Pattern.compile(inLock).matcher(read(lock));
    return locked.find() ? locked.group(1) : "unknown";
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return title + " " + version() + ", RESP" + protocol;
  }
}
