package io.heatsink;

import io.heatsink.admin.AdminPages;
import io.heatsink.admin.AdminServer;
import io.heatsink.admin.HotKey;
import io.heatsink.admin.KeyName;
import io.heatsink.admin.Readiness;
import io.heatsink.advice.Advisor;
import io.heatsink.cache.CachePolicy;
import io.heatsink.cache.NearCache;
import io.heatsink.cache.WriteGuard;
import io.heatsink.client.Pauses;
import io.heatsink.command.CommandTable;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.config.LoadedConfig;
import io.heatsink.console.Configured;
import io.heatsink.console.Console;
import io.heatsink.console.Observed;
import io.heatsink.control.Access;
import io.heatsink.control.ControlPlane;
import io.heatsink.detect.DetectorSettings;
import io.heatsink.detect.HotKeyPeriod;
import io.heatsink.detect.HotKeys;
import io.heatsink.journal.Event;
import io.heatsink.journal.EventLog;
import io.heatsink.journal.SlowLog;
import io.heatsink.log.Repeats;
import io.heatsink.metrics.HotKeyRate;
import io.heatsink.metrics.LaneStats;
import io.heatsink.metrics.ProxyMeters;
import io.heatsink.metrics.TrackingState;
import io.heatsink.policy.Glob;
import io.heatsink.policy.Level;
import io.heatsink.policy.Policies;
import io.heatsink.policy.PolicyBook;
import io.heatsink.policy.Rule;
import io.heatsink.session.Clients;
import io.heatsink.session.Reloads;
import io.heatsink.topology.Node;
import io.heatsink.topology.Topology;
import io.heatsink.upstream.Transport;
import io.heatsink.upstream.Users;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The proxy: wires the rooms, starts and stops them. Thread-safe.
 *
 * <p>It binds and serves first; meters, admin server and control plane start after.
 */
public final class Heatsink implements AutoCloseable {

  private static final long TICK_MILLIS = 100;
  private static final long SWEEP_MILLIS = 1_000;
  private static final long STOP_SECONDS = 2;

  private final long bornNanos = System.nanoTime();
  private final HotKeys hotKeys;
  private final HotKeyPeriod period;
  private final EventLog events = new EventLog();
  private final SlowLog slow;
  private final Advisor advisor = new Advisor();
  private final WriteGuard writes;
  private final NearCache cache;
  private final TrackingState tracking = new TrackingState();
  private final AccessFiles files;
  private final PolicyBook policies;
  private final Clients clients = new Clients();
  private volatile HeatsinkConfig live;
  private volatile Reloads reloads = Heatsink::cannotReload;
  private volatile Supplier<List<LoadedConfig.Effective>> settings = List::of;
  private volatile boolean draining;
  private final ControlPlane control;
  private final ProxyMeters meters;
  private final EventLoopGroup loops;
  private final List<Lane> lanes = new ArrayList<>();
  private final Listener listener;
  private final @Nullable AdminServer admin;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Heatsink(HeatsinkConfig config) {
    files = new AccessFiles(config);
    live = config;
    Transport transport = Transport.best();
    AtomicReference<CommandTable> commands = new AtomicReference<>(CommandTable.shipped());
    hotKeys = new HotKeys(detectorSettings(config.detector()));
    period = new HotKeyPeriod(hotKeys);
    slow = new SlowLog(config.operation().slowThreshold().toNanos());
    policies = new PolicyBook(policies(config.policy()));
    policies.configure(policies(config.policy()), config.operation().observes());
    loops =
        new MultiThreadIoEventLoopGroup(
            config.lanes(), new DefaultThreadFactory("heatsink-lane"), transport.handlers());
    control = new ControlPlane(access(config.backend(), files), commands);
    writes = new WriteGuard(control.topology().replication());
    cache = new NearCache(cachePolicy(config.cache()), writes);
    Lane.Shared shared =
        new Lane.Shared(
            config,
            () -> live,
            transport,
            commands::get,
            hotKeys,
            period,
            slow,
            cache,
            writes,
            policies,
            new Users(),
            clients,
            new Pauses(),
            tracking,
            files,
            control.topology(),
            this::facts,
            advisor,
            (done, failed) -> reloads.begin(done, failed));
    for (EventExecutor loop : loops) {
      lanes.add(new Lane((EventLoop) loop, shared));
    }
    policies.onChange(rules -> onLanes(lane -> lane.adopt(rules)));
    listener = new Listener(() -> live, transport, loops, lanes, files.clientSide());
    ProxyMeters counting = null;
    try {
      onLanes(Lane::warmUp);
      listener.bind();
      if (files.users() != null) {
        files.users().onChange(users -> onLanes(Lane::closeInvalid));
      }
      keepHouse();
      meters = counting = new ProxyMeters(this::stats, loops);
      registerGauges();
      admin = openAdmin(config.admin());
    } catch (RuntimeException e) {
      close(null, counting);
      throw e;
    }
    control.start();
  }

  /**
   * Binds and serves.
   *
   * @throws ListenException if an address cannot be listened on
   */
  public static Heatsink start(HeatsinkConfig config) {
    return new Heatsink(config);
  }

  private static Access access(HeatsinkConfig.Backend backend, AccessFiles files) {
    List<Node> seeds = new ArrayList<>();
    backend.seeds().forEach(seed -> seeds.add(new Node(seed.host(), seed.port())));
    return new Access(
        Access.Kind.valueOf(backend.kind().name()),
        seeds,
        backend.masterName(),
        files.control(),
        files.sentinels(),
        backend.connectTimeout());
  }

  private static void cannotReload(Object done, Consumer<String> failed) {
    failed.accept("this Heatsink was started without a configuration to read");
  }

  /** Who reads the configuration anew when a client asks for that. */
  public void onReload(Reloads by) {
    reloads = by;
  }

  /** Who tells what settings are in force, and where each came from. */
  public void onSettings(Supplier<List<LoadedConfig.Effective>> by) {
    settings = by;
  }

  /**
   * Puts the settings in force that may change while clients are served; all others stay as they
   * are. No connection notices.
   */
  public void apply(HeatsinkConfig next) {
    HeatsinkConfig before = live;
    live = next;
    hotKeys.settings(detectorSettings(next.detector()));
    CachePolicy kept = cachePolicy(next.cache());
    cache.policy(kept.withItemBytes(cache.policy().maxItemBytes()));
    onLanes(lane -> lane.share(next));
    boolean outlives =
        !next.policy().equals(before.policy())
            || isShorter(next, before)
            || next.operation().mode() != before.operation().mode();
    if (outlives) {
      // Which also has the lanes forget what was kept under the old rules and TTLs.
      policies.configure(policies(next.policy()), next.operation().observes());
    }
    events.add(Event.Kind.CONFIG, Event.Severity.INFO, "configuration read anew");
  }

  private static boolean isShorter(HeatsinkConfig next, HeatsinkConfig before) {
    return next.cache().ttl().compareTo(before.cache().ttl()) < 0
        || next.cache().untrackedTtl().compareTo(before.cache().untrackedTtl()) < 0;
  }

  private static DetectorSettings detectorSettings(HeatsinkConfig.Detector detector) {
    return new DetectorSettings(
        detector.hotRate(),
        detector.hotShare(),
        detector.minRate(),
        detector.sampling(),
        detector.cooldown(),
        detector.hotBytes());
  }

  private static CachePolicy cachePolicy(HeatsinkConfig.Cache cache) {
    return new CachePolicy(
        cache.maxBytes(),
        cache.maxItemBytes(),
        cache.ttl().toNanos(),
        cache.untrackedTtl().toNanos(),
        cache.jitter(),
        cache.minRate());
  }

  private static Policies policies(HeatsinkConfig.Policy policy) {
    List<Rule> rules = new ArrayList<>();
    for (HeatsinkConfig.PolicyRule rule : policy.rules()) {
      rules.add(
          new Rule(
              rules.size() + 1,
              new Glob(rule.pattern()),
              Level.valueOf(rule.level().name()),
              rule.ttl() == null ? 0 : rule.ttl().toNanos(),
              rule.maxStale() == null ? 0 : rule.maxStale().toNanos(),
              rule.replicaLag() == null ? 0 : rule.replicaLag().toNanos()));
    }
    return new Policies(Level.valueOf(policy.byDefault().name()), rules);
  }

  private @Nullable AdminServer openAdmin(@Nullable InetSocketAddress address) {
    if (address == null) {
      return null;
    }
    Console console = console();
    AdminPages pages = new AdminPages(meters::scrape, this::hotKeys, this::readiness, console);
    try {
      Set<String> hosts = live.access().admin().hosts();
      AdminServer server = AdminServer.start(address, pages, files.adminToken(), hosts);
      server.everySecond(console::look);
      return server;
    } catch (IOException e) {
      throw new ListenException("admin", address, e);
    }
  }

  private Console console() {
    Observing observing = new Observing(lanes);
    return new Console(
        new Observed(
            Version.text(),
            bornNanos,
            observing::lanes,
            () -> Observing.limits(live),
            this::backend,
            control::nodes,
            hotKeys,
            period,
            cache,
            writes,
            policies,
            advisor,
            tracking,
            events,
            slow,
            new Splits(lanes.get(0), live.backend().database()),
            this::configured,
            (done, failed) -> reloads.begin(done, failed)));
  }

  private List<Configured> configured() {
    return settings.get().stream()
        .map(each -> new Configured(each.key(), each.value(), each.origin(), each.isLive()))
        .toList();
  }

  private Observed.Backend backend() {
    ControlPlane.Health health = control.health();
    String name = live.backend().host() + ":" + live.backend().port();
    Topology now = control.topology().current();
    return new Observed.Backend(
        name, health.isReachable(), health.detail(), now.isKnown() ? now : null);
  }

  private void keepHouse() {
    lanes.forEach(lane -> lane.keepHouse(SWEEP_MILLIS));
    EventLoop loop = lanes.get(0).loop();
    loop.scheduleWithFixedDelay(
        () -> hotKeys.tick(System.nanoTime()), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    loop.scheduleWithFixedDelay(this::observe, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    loop.scheduleWithFixedDelay(
        () -> cache.sweep(System.nanoTime()), SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void observe() {
    if (live.operation().observes()) {
      advisor.look(hotKeys.current().keys());
    }
  }

  /** Has each lane do something on its loop, and does not wait. */
  private void onLanes(Consumer<Lane> task) {
    lanes.forEach(lane -> lane.loop().execute(() -> task.accept(lane)));
  }

  private void registerGauges() {
    meters.gauge(
        "heatsink.cache.bytes",
        "Bytes kept in the near cache: near heatsink_cache_max_bytes, look at evictions",
        cache::weightBytes);
    meters.gauge(
        "heatsink.cache.entries",
        "Items in the near cache: few that fill it are large ones, see cache.max-item-bytes",
        cache::size);
    meters.gauge(
        "heatsink.cache.max.bytes",
        "Room of the near cache (cache.max-bytes): raise it while evictions cost hits",
        () -> cache.policy().maxBytes());
    meters.counter(
        "heatsink.cache.evictions",
        "Items that had to go for want of room: raise cache.max-bytes if hits suffer",
        cache::evictions);
    meters.gauge(
        "heatsink.hot.keys",
        "Keys that are hot; HEATSINK HOTKEYS names them",
        () -> hotKeys.current().keys().size());
    meters.gauge(
        "heatsink.observing",
        "1 while mode is observe: nothing is saved, HEATSINK SUGGEST says what could be",
        () -> live.operation().observes() ? 1 : 0);
    meters.gauge(
        "heatsink.backend.reachable",
        "1 while the backend answers; at 0 see /ready for why",
        () -> control.health().isReachable() ? 1 : 0);
    meters.gauge(
        "heatsink.backend.tracked.connections",
        "Connections whose reads are tracked; at 0 answers live cache.untracked-ttl, see /ready",
        tracking::connections);
    meters.counter(
        "heatsink.log.suppressed",
        "Warnings and errors not written because they repeat; the log tells of which kind",
        Repeats::suppressed);
    meters.gauge(
        "heatsink.log.distinct",
        "Kinds of warnings and errors since the start; a new one is worth a look at the log",
        Repeats::distinct);
    meters.build(Version.text());
    meters.hotKeys(this::hotKeyRates, () -> live.operation().hotKeyLabels());
    HeatsinkConfig.Operation operation = live.operation();
    if (!operation.otlpUrl().isEmpty()) {
      meters.export(operation.otlpUrl(), operation.otlpInterval());
    }
  }

  private List<HotKeyRate> hotKeyRates() {
    return hotKeys().stream()
        .map(key -> new HotKeyRate(key.key().text(), key.database(), key.heat(), key.rate()))
        .toList();
  }

  private List<HotKey> hotKeys() {
    return hotKeys.current().keys().stream()
        .map(
            key ->
                new HotKey(
                    KeyName.of(key.key()),
                    key.database(),
                    String.join(", ", key.heat()),
                    key.readsPerSecond() + key.writesPerSecond(),
                    key.error(),
                    key.share()))
        .toList();
  }

  /** What HEATSINK STATS tells besides what lanes count; from any thread. */
  private Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("version", Version.text());
    facts.put("uptime_in_seconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - bornNanos));
    facts.put("mode", live.operation().mode().name().toLowerCase(Locale.ROOT));
    facts.put("lanes", (long) lanes.size());
    facts.put("hot_keys", (long) hotKeys.current().keys().size());
    facts.put("cache_entries", cache.size());
    facts.put("cache_bytes", cache.weightBytes());
    facts.put("cache_evictions", cache.evictions());
    facts.put("tracking", tracking.toString());
    facts.put("topology", control.topology().current().toString());
    facts.put("topology_age_in_seconds", control.topologyAge().toSeconds());
    return facts;
  }

  private Readiness readiness() {
    ControlPlane.Health health = control.health();
    return new Readiness(
        health.isReachable() && !draining,
        draining ? "stopping" : health.detail(),
        tracking.toString(),
        control.topology().current().toString());
  }

  /** What all lanes have counted. */
  private LaneStats stats() {
    LaneStats total = new LaneStats();
    for (Lane lane : lanes) {
      if (!lane.loop().isShuttingDown()) {
        total.add(lane.loop().submit(lane::stats).syncUninterruptibly().getNow());
      }
    }
    return total;
  }

  /**
   * Where clients connect by plain TCP, with the port that the system chose.
   *
   * @throws NullPointerException if they cannot
   */
  public InetSocketAddress address() {
    return Objects.requireNonNull(listener.address(), "listen is off");
  }

  /** By which doors clients connect, by the name of the setting; for the log. */
  Map<String, String> doors() {
    return listener.doors();
  }

  /** Where clients connect by TLS; null if they cannot. */
  public @Nullable InetSocketAddress tlsAddress() {
    return listener.tlsAddress();
  }

  /** Where the admin server answers; null if it is off. */
  public @Nullable InetSocketAddress adminAddress() {
    return admin == null ? null : admin.address();
  }

  /** Waits until it is closed. */
  public void awaitClosed() {
    listener.awaitClosed();
  }

  /**
   * Is no longer ready, accepts nobody more, and has each client leave between two of its requests;
   * to be closed then.
   *
   * @return whether all left before {@code drain-timeout} had passed
   */
  public boolean drain() {
    draining = true;
    listener.stopAccepting();
    clients.drain();
    return listener.awaitEmpty(live.operation().drainTimeout());
  }

  /** The event loop of the first lane. */
  EventLoop firstLoop() {
    return lanes.get(0).loop();
  }

  /** How many clients are connected. */
  public int clients() {
    return listener.clients();
  }

  @Override
  public void close() {
    close(admin, meters);
  }

  private void close(@Nullable AdminServer open, @Nullable ProxyMeters counting) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (open != null) {
      open.close();
    }
    control.close();
    listener.close();
    files.close();
    onLanes(Lane::close);
    loops
        .shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(2 * STOP_SECONDS, TimeUnit.SECONDS);
    if (counting != null) {
      counting.close();
    }
  }
}
