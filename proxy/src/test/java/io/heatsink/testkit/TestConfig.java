package io.heatsink.testkit;

import io.heatsink.config.Access;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.config.HeatsinkConfig.Backend.Kind;
import io.heatsink.config.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settings for a test: the defaults, free loopback ports, and what the test changes. */
public final class TestConfig {

  private boolean observes;
  private final Kind kind;
  private final @Nullable String masterName;
  private List<HostPort> seeds;
  private @Nullable InetSocketAddress listen =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private boolean tls;
  private @Nullable String username;
  private @Nullable String password;
  private Duration connectTimeout = Duration.ofSeconds(2);
  private int lanes = 1;
  private int maxPinned = 1000;
  private Duration retryDeadline = Duration.ofSeconds(10);
  private int maxClients = 10_000;
  private Duration idleTimeout = Duration.ZERO;
  private int maxOutputBytes = 256 * 1024 * 1024;
  private int maxRequestBytes = 64 * 1024 * 1024;
  private boolean detector = true;
  private double hotRate = 1000;
  private double hotShare = 0.01;
  private long hotBytes = 10 << 20;
  private double minRate = 100;
  private Duration cooldown = Duration.ofSeconds(10);
  private boolean cache = true;
  private long cacheMaxBytes = 32 * 1024 * 1024;
  private Duration cacheTtl = Duration.ofSeconds(60);
  private Duration untrackedTtl = Duration.ofSeconds(1);
  private double cacheJitter = 5.0 / 60;
  private double shadowRate;
  private HeatsinkConfig.Level level = HeatsinkConfig.Level.TRACKED;
  private final List<HeatsinkConfig.PolicyRule> rules = new ArrayList<>();
  private Duration slowThreshold = Duration.ofMillis(10);
  private boolean coalescing = true;
  private Access access = Access.DEFAULT;
  private int hotKeyLabels;
  private String otlpUrl = "";
  private final List<HeatsinkConfig.SplitCounter> counters = new ArrayList<>();

  private TestConfig(Kind kind, @Nullable String masterName, List<Integer> ports) {
    this.kind = kind;
    this.masterName = masterName;
    this.seeds = seeds(ports);
  }

  private static List<HostPort> seeds(List<Integer> ports) {
    return ports.stream().map(port -> new HostPort("127.0.0.1", port)).toList();
  }

  /** The defaults, with a backend on this loopback port. */
  public static TestConfig before(int backendPort) {
    return new TestConfig(Kind.SINGLE, null, List.of(backendPort));
  }

  /** The defaults, with a cluster some of whose nodes have these loopback ports. */
  public static TestConfig beforeCluster(List<Integer> ports) {
    return new TestConfig(Kind.CLUSTER, null, ports);
  }

  /** The defaults, with a primary that the sentinels on these loopback ports know by this name. */
  public static TestConfig beforeSentinels(String masterName, List<Integer> ports) {
    return new TestConfig(Kind.SENTINEL, masterName, ports);
  }

  /** The defaults, with a primary and replicas on these loopback ports. */
  public static TestConfig beforeReplicas(List<Integer> ports) {
    return new TestConfig(Kind.REPLICAS, null, ports);
  }

  /** Forwards everything, and says what it would have saved. */
  public TestConfig observing() {
    observes = true;
    return this;
  }

  /** Another way to the backend. */
  public TestConfig through(int port) {
    seeds = seeds(List.of(port));
    return this;
  }

  /** Where clients connect; a free loopback port unless set. */
  public TestConfig listen(InetSocketAddress address) {
    listen = address;
    return this;
  }

  /** Has the backend reached by TLS, as {@link #access} says. */
  public TestConfig tls() {
    tls = true;
    return this;
  }

  /** A backend at this place; port 0 for the path of a Unix socket. */
  public TestConfig at(String host, int port) {
    seeds = List.of(new HostPort(host, port));
    return this;
  }

  /** As whom Heatsink itself is known to the backend. */
  public TestConfig username(String name) {
    username = name;
    return this;
  }

  /** What Heatsink itself shows to the backend. */
  public TestConfig password(String backendPassword) {
    password = backendPassword;
    return this;
  }

  /** For one attempt to reach the backend. */
  public TestConfig connectTimeout(Duration timeout) {
    connectTimeout = timeout;
    return this;
  }

  /** Event loops. */
  public TestConfig lanes(int count) {
    lanes = count;
    return this;
  }

  /** Connections of a lane that one client has to itself. */
  public TestConfig maxPinned(int count) {
    maxPinned = count;
    return this;
  }

  /** Clients at a time. */
  public TestConfig maxClients(int count) {
    maxClients = count;
    return this;
  }

  /** After which a silent client is closed. */
  public TestConfig idleTimeout(Duration timeout) {
    idleTimeout = timeout;
    return this;
  }

  /** Replies that a client may leave untaken. */
  public TestConfig maxOutputBytes(int bytes) {
    maxOutputBytes = bytes;
    return this;
  }

  /** One whole command. */
  public TestConfig maxRequestBytes(int bytes) {
    maxRequestBytes = bytes;
    return this;
  }

  /** Whether anything can become hot. */
  public TestConfig detector(boolean enabled) {
    detector = enabled;
    return this;
  }

  /** How long a command may wait for a node that has its slot. */
  public TestConfig retryDeadline(Duration deadline) {
    retryDeadline = deadline;
    return this;
  }

  /** What counts as hot: a rate, or a share at a least rate; and for how long after. */
  public TestConfig hot(double rate, double share, double leastRate, Duration cooldownAfter) {
    hotRate = rate;
    hotShare = share;
    minRate = leastRate;
    cooldown = cooldownAfter;
    return this;
  }

  /** Whether hot keys are answered here. */
  public TestConfig cache(boolean enabled) {
    cache = enabled;
    return this;
  }

  /** All answers together. */
  public TestConfig cacheMaxBytes(long bytes) {
    cacheMaxBytes = bytes;
    return this;
  }

  /** How old an answer may be. */
  public TestConfig cacheTtl(Duration ttl) {
    cacheTtl = ttl;
    untrackedTtl = ttl;
    return this;
  }

  /** How old an answer may be where Redis does not tell of changes. */
  public TestConfig untrackedTtl(Duration ttl) {
    untrackedTtl = ttl;
    return this;
  }

  /** Fraction by which the TTL varies. */
  public TestConfig cacheJitter(double fraction) {
    cacheJitter = fraction;
    return this;
  }

  /** Fraction of what is answered from memory that Redis is asked for too. */
  public TestConfig shadowRate(double fraction) {
    shadowRate = fraction;
    return this;
  }

  /** How fresh reads are that no rule is about. */
  public TestConfig level(HeatsinkConfig.Level byDefault) {
    level = byDefault;
    return this;
  }

  /** How fresh the reads of keys are that match a pattern. */
  public TestConfig rule(String pattern, HeatsinkConfig.Level level) {
    return rule(pattern, level, null, null);
  }

  /** The same, with TTLs of their own. */
  public TestConfig rule(
      String pattern,
      HeatsinkConfig.Level level,
      @Nullable Duration ttl,
      @Nullable Duration maxStale) {
    rules.add(new HeatsinkConfig.PolicyRule(pattern, level, ttl, maxStale));
    return this;
  }

  /** The same, with hot ones read from replicas that lag no more than so. */
  public TestConfig replicas(String pattern, HeatsinkConfig.Level level, Duration maxLag) {
    rules.add(new HeatsinkConfig.PolicyRule(pattern, level, null, null, maxLag));
    return this;
  }

  /** Doors, and who may use them. */
  public TestConfig access(Access to) {
    access = to;
    return this;
  }

  /** From where on a request is slow. */
  public TestConfig slowThreshold(Duration threshold) {
    slowThreshold = threshold;
    return this;
  }

  /** From so many bytes a second on a key is hot, however seldom it is read. */
  public TestConfig hotBytes(long perSecond) {
    hotBytes = perSecond;
    return this;
  }

  /** Whether concurrent reads share flights. */
  public TestConfig coalescing(boolean on) {
    coalescing = on;
    return this;
  }

  /** Splits the counters that match a pattern. */
  public TestConfig split(String pattern, int shards) {
    return split(
        pattern,
        shards,
        HeatsinkConfig.SplitCounter.When.ALWAYS,
        HeatsinkConfig.SplitCounter.Reply.APPROXIMATE,
        Duration.ofMillis(100),
        Duration.ofSeconds(60));
  }

  /** The same, with all that can be said of them but the shards' name. */
  public TestConfig split(
      String pattern,
      int shards,
      HeatsinkConfig.SplitCounter.When when,
      HeatsinkConfig.SplitCounter.Reply reply,
      Duration freshness,
      Duration foldAfter) {
    return split(pattern, shards, when, reply, freshness, foldAfter, Duration.ZERO);
  }

  /** The same, with the counters' own keys kept up to date. */
  public TestConfig split(
      String pattern,
      int shards,
      HeatsinkConfig.SplitCounter.When when,
      HeatsinkConfig.SplitCounter.Reply reply,
      Duration freshness,
      Duration foldAfter,
      Duration totalEvery) {
    String name = "heatsink:{tag}:{key}:{shard}";
    counters.add(
        new HeatsinkConfig.SplitCounter(
            pattern, shards, name, when, reply, freshness, foldAfter, totalEvery));
    return this;
  }

  /** So many of the hottest keys are labels of metrics. */
  public TestConfig hotKeyLabels(int count) {
    hotKeyLabels = count;
    return this;
  }

  /** Where metrics are sent each second. */
  public TestConfig otlpUrl(String url) {
    otlpUrl = url;
    return this;
  }

  /** The settings as Heatsink takes them. */
  public HeatsinkConfig build() {
    return new HeatsinkConfig(
        listen,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        lanes,
        new HeatsinkConfig.Backend(
            kind,
            seeds,
            masterName,
            tls,
            username,
            password,
            null,
            0,
            connectTimeout,
            100_000,
            maxPinned,
            retryDeadline),
        new HeatsinkConfig.Clients(
            maxClients, idleTimeout, 4096, maxRequestBytes, maxOutputBytes, ":fresh"),
        new HeatsinkConfig.Detector(detector, hotRate, hotShare, minRate, 0, cooldown, hotBytes),
        new HeatsinkConfig.Cache(
            cache, cacheMaxBytes, 1024 * 1024, 10, cacheTtl, untrackedTtl, cacheJitter, shadowRate),
        new HeatsinkConfig.Policy(level, rules),
        coalescing,
        true,
        counters,
        access,
        new HeatsinkConfig.Operation(
            observes ? HeatsinkConfig.Mode.OBSERVE : HeatsinkConfig.Mode.ACTIVE,
            Duration.ofSeconds(10),
            HeatsinkConfig.LogLevel.INFO,
            HeatsinkConfig.LogFormat.TEXT,
            hotKeyLabels,
            otlpUrl,
            Duration.ofSeconds(1),
            slowThreshold));
  }
}
