package io.heatsink.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set, validated. Immutable; {@code config/reference.yaml} lists every key
 * with its unit, range and default.
 *
 * @param listen where clients connect by plain TCP; null where they cannot
 * @param admin where {@code /metrics}, {@code /hotkeys}, {@code /health} and {@code /ready} answer;
 *     null switches the admin server off
 * @param lanes event loops that serve clients, 1 to 64
 * @param backend the Redis behind
 * @param clients limits of the client side
 * @param detector what counts as hot
 * @param cache the near cache
 * @param policy how fresh reads have to be
 * @param coalescing whether concurrent reads of one key share one backend read
 * @param combining whether concurrent increments of a write-hot counter share one INCRBY
 * @param counters patterns whose counters are split, first match wins
 * @param access the other doors, and who may use them all
 * @param operation how it is stopped, logged and measured
 */
public record HeatsinkConfig(
    @Nullable InetSocketAddress listen,
    @Nullable InetSocketAddress admin,
    int lanes,
    Backend backend,
    Clients clients,
    Detector detector,
    Cache cache,
    Policy policy,
    boolean coalescing,
    boolean combining,
    List<SplitCounter> counters,
    Access access,
    Operation operation) {

  public HeatsinkConfig {
    counters = List.copyOf(counters);
  }

  /**
   * The Redis behind the proxy.
   *
   * @param kind what stands there
   * @param seeds at least one: the server, all servers of a set, the sentinels, or some nodes of a
   *     cluster; port 0 for a Unix socket, whose path is the host
   * @param masterName what the sentinels call the primary; null for all other kinds
   * @param tls whether every connection is by TLS
   * @param username ACL user, null for the default user
   * @param password null where the backend asks for none; never printed
   * @param sentinelPassword null where the sentinels ask for none; never printed
   * @param database the database of a client that never sent SELECT, 0 to 65535; 0 for a cluster
   * @param connectTimeout for one attempt to connect, 10 ms to 60 s
   * @param maxPending commands on one pipe that wait for their reply, 16 to 10,000,000; over it
   *     clients are paused
   * @param retryDeadline how long a command may wait for a node to take it, where there are
   *     several, 0 to 60 s
   * @param maxPinned connections for MULTI, blocking commands, pub/sub and MONITOR, a lane, 1 to
   *     100,000
   */
  public record Backend(
      Kind kind,
      List<HostPort> seeds,
      @Nullable String masterName,
      boolean tls,
      @Nullable String username,
      @Nullable String password,
      @Nullable String sentinelPassword,
      int database,
      Duration connectTimeout,
      int maxPending,
      int maxPinned,
      Duration retryDeadline) {

    /** What stands behind, and so how it is learned where the data is. */
    public enum Kind {
      /** One server, which has everything. */
      SINGLE,
      /** A fixed set of servers: one is the primary, the others replicate it. */
      REPLICAS,
      /** A primary that sentinels watch, with its replicas. */
      SENTINEL,
      /** A Redis Cluster. */
      CLUSTER
    }

    public Backend {
      seeds = List.copyOf(seeds);
    }

    /** The first seed's name or address. */
    public String host() {
      return seeds.get(0).host();
    }

    /** The first seed's port; 0 for a Unix socket. */
    public int port() {
      return seeds.get(0).port();
    }

    /** The URL without user and password. */
    @Override
    public String toString() {
      return url(kind, tls, "", seeds, database, masterName);
    }

    static String url(
        Kind kind,
        boolean tls,
        String userInfo,
        List<HostPort> seeds,
        int database,
        @Nullable String masterName) {
      boolean isSocket = seeds.get(0).isSocket();
      StringBuilder text = new StringBuilder(tls ? "rediss" : "redis");
      if (kind != Kind.SINGLE) {
        text.append('-').append(kind.name().toLowerCase(Locale.ROOT));
      }
      text.append(isSocket ? "+unix://" : "://").append(userInfo).append(seeds.get(0));
      seeds.subList(1, seeds.size()).forEach(seed -> text.append(',').append(seed));
      if (kind != Kind.CLUSTER) {
        text.append(isSocket ? "?db=" : "/").append(database);
      }
      return masterName == null ? text.toString() : text + "?master=" + masterName;
    }
  }

  /**
   * Limits of the client side.
   *
   * @param max connected clients, 1 to 1,000,000
   * @param idleTimeout a client silent for so long is closed; zero never closes
   * @param maxPipeline unanswered commands of one client, 1 to 1,000,000; over it the client is not
   *     read
   * @param maxRequestBytes one whole command, 1 KiB to 1 GiB
   * @param maxOutputBytes replies that one client has not yet taken, 64 KiB to 2 GiB; over it the
   *     client is closed
   * @param freshNameSuffix the reads of a client whose name ends so are fresh; empty for nobody's
   */
  public record Clients(
      int max,
      Duration idleTimeout,
      int maxPipeline,
      int maxRequestBytes,
      int maxOutputBytes,
      String freshNameSuffix) {}

  /**
   * What counts as hot.
   *
   * @param enabled off forwards everything unchanged
   * @param hotRate commands a second on one key from which it is hot, 1 to 10,000,000
   * @param hotShare share of all lanes' commands from which a key is hot, 0.0001 to 1; applies from
   *     {@code minRate} on
   * @param minRate commands a second on one key below which it is never hot, 0 to 10,000,000
   * @param sampling 1 command in so many is counted, 1 to 1024; 0 adapts to the traffic
   * @param cooldown how long a key stays hot after its last hot reading, 100 ms to 10 min
   * @param hotBytes bytes a second of one key's values from which it is hot, 64 KiB to 1 TiB
   */
  public record Detector(
      boolean enabled,
      double hotRate,
      double hotShare,
      double minRate,
      int sampling,
      Duration cooldown,
      long hotBytes) {}

  /**
   * The near cache.
   *
   * @param enabled off asks Redis every time
   * @param maxBytes keys, values and their overhead, 1 MiB to 1 TiB
   * @param maxItemBytes one value, 1 byte to {@code maxBytes}
   * @param minRate reads a second of one key from which its answers are kept, 1 to 10,000,000
   * @param ttl how old an answer may be whose key Redis tracks, 1 ms to 24 h
   * @param untrackedTtl how old any other answer may be, 1 ms to 24 h
   * @param jitter fraction by which each TTL varies, 0 to 0.5, uniform in ttl × (1 ± jitter)
   * @param shadowRate fraction of answers that Redis is asked for too, 0 to 1
   */
  public record Cache(
      boolean enabled,
      long maxBytes,
      int maxItemBytes,
      double minRate,
      Duration ttl,
      Duration untrackedTtl,
      double jitter,
      double shadowRate) {}

  /** What a read may return, from what Redis says to it to what it said some time ago. */
  public enum Level {
    FRESH,
    COALESCED,
    TRACKED,
    TTL,
    STALE_IF_ERROR
  }

  /**
   * How fresh reads have to be.
   *
   * @param byDefault the level of keys that no rule matches; not STALE_IF_ERROR
   * @param rules first match wins
   */
  public record Policy(Level byDefault, List<PolicyRule> rules) {

    public Policy {
      rules = List.copyOf(rules);
    }
  }

  /**
   * How fresh the reads of some keys have to be.
   *
   * @param pattern glob of the keys, as in Redis' KEYS
   * @param ttl how old an answer may be, 1 ms to 24 h; null for the cache's own
   * @param maxStale how old it may be while Redis cannot be reached, 1 ms to 30 d; null at all
   *     levels but STALE_IF_ERROR
   * @param replicaLag how far a replica may lag that hot keys are read from, 1 ms to 1 min; null
   *     where only primaries are read
   */
  public record PolicyRule(
      String pattern,
      Level level,
      @Nullable Duration ttl,
      @Nullable Duration maxStale,
      @Nullable Duration replicaLag) {

    /** One whose keys are read from primaries only. */
    public PolicyRule(
        String pattern, Level level, @Nullable Duration ttl, @Nullable Duration maxStale) {
      this(pattern, level, ttl, maxStale, null);
    }
  }

  /**
   * Counters whose increments are spread over shard keys.
   *
   * @param pattern glob of the counter's key, as in Redis' KEYS
   * @param shards 2 to 1000
   * @param name name of a shard, with <code>{key}</code>, <code>{shard}</code> and perhaps <code>
   *     {tag}</code>, a hash tag that has them spread evenly over a cluster
   * @param when whether a counter is split from its first increment on, or while it is write-hot
   * @param reply what an increment is answered with
   * @param freshness how old the part of a total may be that other sidecars counted, 0 to 1 h
   * @param foldAfter how long nobody has to want it split until it is folded, 1 s to 30 d
   * @param totalEvery how old the total may be that its own key holds meanwhile, for readers
   *     without Heatsink, 100 ms to 1 h; 0 if that is not kept up to date
   */
  public record SplitCounter(
      String pattern,
      int shards,
      String name,
      When when,
      Reply reply,
      Duration freshness,
      Duration foldAfter,
      Duration totalEvery) {

    /** When a counter is split. */
    public enum When {
      ALWAYS,
      HOT
    }

    /** What an increment of a split counter is answered with. */
    public enum Reply {
      APPROXIMATE,
      EXACT,
      OK
    }
  }

  /** Whether it works, or only says what its work would be. */
  public enum Mode {
    ACTIVE,
    OBSERVE
  }

  /** The least level of the lines that are logged. */
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /** How log lines are written. */
  public enum LogFormat {
    TEXT,
    JSON
  }

  /**
   * How it is run, stopped, logged and measured.
   *
   * @param mode whether anything is answered from memory, shared or combined
   * @param drainTimeout how long a stop waits for what is under way, 0 to 1 h
   * @param hotKeyLabels so many of the hottest keys are labels of metrics, 0 to 100
   * @param otlpUrl where metrics are sent as OpenTelemetry; empty for nowhere
   * @param otlpInterval how often, 1 s to 1 h
   * @param slowThreshold from where on a request is slow, up to 60 s; zero for none
   */
  public record Operation(
      Mode mode,
      Duration drainTimeout,
      LogLevel logLevel,
      LogFormat logFormat,
      int hotKeyLabels,
      String otlpUrl,
      Duration otlpInterval,
      Duration slowThreshold) {

    /** Whether nothing is answered from memory, shared or combined. */
    public boolean observes() {
      return mode == Mode.OBSERVE;
    }
  }
}
