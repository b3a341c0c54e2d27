package io.heatsink.clients;

import static io.heatsink.clients.Feature.PUB_SUB;
import static io.heatsink.clients.Feature.TRACKING;
import static io.heatsink.clients.Feature.TRANSACTION;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A row of the matrix: a client and the protocol it speaks. */
enum Client {

  /*
   * What a client lacks, it lacks with Redis as well: client-side caching where it has none or none
   * in that protocol (Jedis has it with Redis 7.4 or newer), transactions and pub/sub where it is a
   * job queue. But for one: Redisson tracks with REDIRECT, which Heatsink refuses.
   */
  JEDIS_2("Jedis", 2, "jedis", JedisSubject::new, TRACKING),
  JEDIS_3("Jedis", 3, "jedis", JedisSubject::new, TRACKING),
  LETTUCE_2("Lettuce", 2, "lettuce", LettuceSubject::new, TRACKING),
  LETTUCE_3("Lettuce", 3, "lettuce", LettuceSubject::new),
  REDISSON_2("Redisson", 2, "redisson", RedissonSubject::new, TRACKING),
  REDISSON_3("Redisson", 3, "redisson", RedissonSubject::new, TRACKING),
  SPRING_2("Spring Data Redis", 2, "spring-data-redis", SpringSubject::new, TRACKING),
  SPRING_3("Spring Data Redis", 3, "spring-data-redis", SpringSubject::new, TRACKING),
  IOREDIS("ioredis", 2, "ioredis", node("ioredis"), TRACKING),
  NODE_REDIS_2("node-redis", 2, "redis", node("node-redis"), TRACKING),
  NODE_REDIS_3("node-redis", 3, "redis", node("node-redis")),
  BULLMQ("BullMQ", 2, "bullmq", node("bullmq"), TRANSACTION, PUB_SUB, TRACKING);

  /** Connects it to a port. */
  interface Connector {
    Subject connect(int port, int protocol) throws IOException, InterruptedException;
  }

  private final String title;
  private final int protocol;
  private final String artifact;
  private final Connector connector;
  private final Set<Feature> features;

  /**
   * @param artifact its name where its version is written: the parent's pom.xml or the lock file
   * @param lacking features that it does not have, or not in this protocol
   */
  Client(String title, int protocol, String artifact, Connector connector, Feature... lacking) {
    this.title = title;
    this.protocol = protocol;
    this.artifact = artifact;
    this.connector = connector;
    features = EnumSet.allOf(Feature.class);
    for (Feature feature : lacking) {
      features.remove(feature);
    }
  }

  private static Connector node(String name) {
    return (port, protocol) -> new NodeSubject(name, port, protocol);
  }

  Set<Feature> features() {
    return EnumSet.copyOf(features);
  }

  Subject connect(Stand stand) throws IOException, InterruptedException {
    return connector.connect(stand.port(), protocol);
  }

  /** The release that is tested. */
  String version() {
    String inPom = "<" + artifact + ".version>([0-9.]+)[^<]*<";
    String inLock = "\"node_modules/" + artifact + "\": \\{\\s*\"version\": \"([^\"]+)\"";
    Matcher pom = Pattern.compile(inPom).matcher(read(Path.of("..", "pom.xml")));
    if (pom.find()) {
      return pom.group(1).replaceAll("\\.$", "");
    }
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
