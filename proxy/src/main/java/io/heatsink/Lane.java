package io.heatsink;

import io.heatsink.advice.Advisor;
import io.heatsink.advice.Savings;
import io.heatsink.cache.CacheReader;
import io.heatsink.cache.Filler;
import io.heatsink.cache.NearCache;
import io.heatsink.cache.ShadowReads;
import io.heatsink.cache.WriteGuard;
import io.heatsink.client.Pauses;
import io.heatsink.cluster.ClusterLinks;
import io.heatsink.command.CommandTable;
import io.heatsink.command.FlushQueue;
import io.heatsink.command.LaneClock;
import io.heatsink.command.WholeReply;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.console.LaneView;
import io.heatsink.console.SplitControl.Folded;
import io.heatsink.counter.SplitCounters;
import io.heatsink.counter.SplitPolicy;
import io.heatsink.counter.combine.Combiner;
import io.heatsink.counter.shard.Names;
import io.heatsink.counter.split.Listed;
import io.heatsink.detect.HotKey;
import io.heatsink.detect.HotKeyPeriod;
import io.heatsink.detect.HotKeys;
import io.heatsink.detect.Sampled;
import io.heatsink.flight.Coalescer;
import io.heatsink.journal.SlowLog;
import io.heatsink.metrics.LaneStats;
import io.heatsink.metrics.TrackingState;
import io.heatsink.policy.Glob;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Policies;
import io.heatsink.policy.PolicyBook;
import io.heatsink.replica.LaneReplicas;
import io.heatsink.reply.LaneReplies;
import io.heatsink.resp.Replies;
import io.heatsink.resp.RespLimits;
import io.heatsink.route.Rehearsal;
import io.heatsink.route.Rooms;
import io.heatsink.route.Router;
import io.heatsink.session.Clients;
import io.heatsink.session.LaneContext;
import io.heatsink.session.Reloads;
import io.heatsink.session.Session;
import io.heatsink.topology.Node;
import io.heatsink.topology.TopologySource;
import io.heatsink.upstream.Backend;
import io.heatsink.upstream.Dialer;
import io.heatsink.upstream.Link;
import io.heatsink.upstream.Links;
import io.heatsink.upstream.PipeKey;
import io.heatsink.upstream.Pipes;
import io.heatsink.upstream.ServerDialer;
import io.heatsink.upstream.Transport;
import io.heatsink.upstream.Users;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One event loop with all that it owns; built before it serves. */
final class Lane {

  /**
   * What the lanes share.
   *
   * @param live the settings that a reload has put in force; others are those of the start
   * @param commands the command table in force
   * @param reloads reads the configuration anew
   * @param tracking whether the backend tells of changes
   * @param facts what Heatsink as a whole has to tell of itself
   */
  record Shared(
      HeatsinkConfig config,
      Supplier<HeatsinkConfig> live,
      Transport transport,
      Supplier<CommandTable> commands,
      HotKeys hotKeys,
      HotKeyPeriod period,
      SlowLog slow,
      NearCache cache,
      WriteGuard writes,
      PolicyBook policies,
      Users users,
      Clients clients,
      Pauses pauses,
      TrackingState tracking,
      AccessFiles files,
      TopologySource topology,
      Supplier<Map<String, Object>> facts,
      Advisor advisor,
      Reloads reloads) {}

  private static final byte[] EXISTS = Replies.ascii("EXISTS");
  private static final int LARGE_REPLY_BYTES = 8 * 1024 * 1024;

  private final EventLoop loop;
  private final LaneClock clock = new LaneClock();
  private final LaneStats stats = new LaneStats();
  private final Sampled sampled = new Sampled();
  private final Links pipes;
  private final LaneContext context;
  private final LanePolicies policies;
  private final WriteGuard writes;
  private final @Nullable CacheReader reader;
  private final Shared shared;
  private @Nullable Rehearsal rehearsal;

  Lane(EventLoop loop, Shared shared) {
    this.loop = loop;
    this.shared = shared;
    HeatsinkConfig config = shared.config();
    FlushQueue flushes = new FlushQueue(loop);
    pipes = links(shared, flushes);
    boolean caches = config.detector().enabled() && config.cache().enabled();
    policies = new LanePolicies(shared.policies().current());
    writes = shared.writes();
    reader = caches ? shared.cache().newReader(shared.hotKeys()) : null;
    Router router = new Router(rooms(shared, flushes));
    share(router, config);
    rehearse(router, shared.policies().rehearsed());
    context =
        new LaneContext(
            shared.commands(),
            router,
            pipes,
            shared.users(),
            shared.clients(),
            shared.clients().join(loop, stats),
            shared.pauses(),
            shared.hotKeys(),
            shared.period(),
            shared.slow(),
            shared.facts(),
            shared.files().users(),
            new PipeKey(shared.files().backend(), config.backend().database(), false),
            clock,
            stats,
            new LaneReplies(
                flushes,
                clock,
                stats,
                shared.slow(),
                config.clients().maxOutputBytes(),
                largeReplyBytes(config)),
            RespLimits.withRequestBytes(config.clients().maxRequestBytes()),
            config.clients().freshNameSuffix(),
            () -> shared.live().get().clients().maxPipeline(),
            shared.reloads(),
            total -> shared.advisor().settings(Savings.of(total)));
  }

  private Links links(Shared shared, FlushQueue flushes) {
    HeatsinkConfig.Backend backend = shared.config().backend();
    if (backend.kind() == HeatsinkConfig.Backend.Kind.SINGLE) {
      return pipes(shared, flushes, new Node(backend.host(), backend.port()), false);
    }
    return new ClusterLinks(
        new ClusterLinks.Parts(
            loop,
            clock,
            stats,
            shared.commands(),
            shared.writes(),
            shared.topology(),
            backend.retryDeadline(),
            backend.maxPending(),
            node -> pipes(shared, flushes, node, false),
            replicas(shared, flushes)));
  }

  private LaneReplicas replicas(Shared shared, FlushQueue flushes) {
    boolean isCluster = shared.config().backend().kind() == HeatsinkConfig.Backend.Kind.CLUSTER;
    return new LaneReplicas(
        loop,
        clock,
        stats,
        shared.writes(),
        Objects.requireNonNull(shared.topology().replication()),
        node -> pipes(shared, flushes, node, isCluster));
  }

  /** This lane's connections to one server. */
  private Pipes pipes(Shared shared, FlushQueue flushes, Node server, boolean isReplica) {
    HeatsinkConfig.Backend config = shared.config().backend();
    Backend backend =
        new Backend(
            loop,
            dialer(loop, shared, server),
            server.toString(),
            config.maxPending(),
            flushes,
            shared.writes(),
            clock,
            stats,
            shared.tracking(),
            isReplica);
    return new Pipes(backend, config.maxPinned());
  }

  private static Dialer dialer(EventLoop loop, Shared shared, Node server) {
    return new ServerDialer(
        loop,
        shared.transport(),
        server,
        shared.config().backend().connectTimeout(),
        shared.files().backendSide());
  }

  /**
   * From where on a reply travels alone: more than is kept for others, and than a client may owe.
   */
  private static int largeReplyBytes(HeatsinkConfig config) {
    long least = Math.max(LARGE_REPLY_BYTES, config.cache().maxItemBytes());
    return (int) Math.min(least, config.clients().maxOutputBytes() / 2);
  }

  private Rooms rooms(Shared shared, FlushQueue flushes) {
    HeatsinkConfig config = shared.config();
    boolean detects = config.detector().enabled();
    List<SplitPolicy> splits = Counting.policies(config.counters());
    return new Rooms(
        shared.hotKeys(),
        detects ? shared.hotKeys().newLane() : null,
        sampled,
        reader == null ? null : filler(shared, reader),
        ShadowReads.of(config.cache().shadowRate(), clock, stats),
        policies,
        new Coalescer(stats),
        config.coalescing(),
        detects ? new Combiner(flushes, stats, shared.writes()) : null,
        new SplitCounters(
            splits,
            stats,
            shared.writes(),
            hash -> shared.hotKeys().current().isWriteHot(hash),
            clock),
        shared.writes(),
        clock,
        stats);
  }

  private Filler filler(Shared shared, CacheReader into) {
    return new Filler(shared.cache(), shared.writes(), into, policies, clock, stats);
  }

  EventLoop loop() {
    return loop;
  }

  /** Connects ahead of the first client; on the loop. */
  void warmUp() {
    Link pipe = pipes.acquire(context.greeting());
    if (pipe != null) {
      pipe.open();
    }
  }

  /** The connection that a client travels on who has said nothing; on the loop. */
  Link greeting() {
    Link pipe = Objects.requireNonNull(pipes.acquire(context.greeting()), "closed");
    pipes.release(pipe);
    return pipe;
  }

  /** Closes the clients whose user is there no more; on the loop. */
  void closeInvalid() {
    clock.refresh();
    context.own().closeInvalid();
  }

  /** A session for a client that has just been accepted; on the loop. */
  Session newSession(long id) {
    clock.refresh();
    Link pipe = Objects.requireNonNull(pipes.acquire(context.greeting()), "closed");
    return new Session(context, pipe, id);
  }

  /** Begins what it does again and again until it is closed. */
  void keepHouse(long everyMillis) {
    loop.scheduleWithFixedDelay(this::sweep, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    long every = context.router().keepTotalsNanos();
    if (every > 0) {
      loop.scheduleWithFixedDelay(this::keepTotals, every, every, TimeUnit.NANOSECONDS);
    }
  }

  private void keepTotals() {
    clock.refresh();
    Link home = pipes.acquire(context.greeting());
    if (home != null) {
      pipes.release(home);
      context.router().keepTotals(home);
    }
  }

  /** Lets go of answers that may not be served any more; on the loop. */
  private void sweep() {
    context.replies().large().sweep();
    long now = clock.refresh();
    context.router().sweep();
    Link home = context.router().hasSplits() ? pipes.acquire(context.greeting()) : null;
    if (home != null) {
      pipes.release(home);
      context.router().sweepSplits(home);
    }
    if (reader != null) {
      reader.sweep(now);
    }
    Rehearsal instead = rehearsal;
    if (instead != null) {
      instead.sweep();
      for (HotKey key : shared.hotKeys().current().keys()) {
        shared.advisor().outcome(key, sampled.of(key.hash()));
      }
    }
  }

  /** From now on this is what clients' commands share. On the loop. */
  void share(HeatsinkConfig live) {
    share(context.router(), live);
    Rehearsal instead = rehearsal;
    if (instead != null) {
      instead.settings(live.coalescing(), live.combining(), live.cache().minRate());
    }
  }

  private static void share(Router router, HeatsinkConfig live) {
    router.share(live.coalescing(), live.combining() && !live.operation().observes());
  }

  /** Has what is not in force played through; null of nothing. */
  private void rehearse(Router router, @Nullable Policies next) {
    Rehearsal before = rehearsal;
    if (next == null) {
      rehearsal = null;
    } else if (before != null) {
      before.adopt(next);
    } else {
      Rehearsal.Parts parts =
          new Rehearsal.Parts(shared.hotKeys(), sampled, writes, reader, clock, stats);
      HeatsinkConfig live = shared.live().get();
      rehearsal = new Rehearsal(parts, next);
      rehearsal.settings(live.coalescing(), live.combining(), live.cache().minRate());
    }
    router.rehearse(rehearsal);
  }

  /** From now on these rules hold; what was kept under others is forgotten. On the loop. */
  void adopt(Policies next) {
    policies.adopt(next);
    rehearse(context.router(), shared.policies().rehearsed());
    writes.everythingChanged();
  }

  /** Which counters are split in this database; on the loop. */
  void splits(int database, Consumer<List<Listed>> then) {
    Link link = link(database);
    if (link == null) {
      then.accept(List.of());
      return;
    }
    Listed.look(link, then);
    pipes.release(link);
  }

  /** Folds those that match, whoever split them; on the loop. */
  void fold(int database, Glob glob, Consumer<Folded> then) {
    Link link = link(database);
    if (link == null) {
      then.accept(Folded.not("no connection to the backend is free"));
      return;
    }
    // A list that cannot be read looks like one with nothing in it.
    link.send(
        Replies.request(EXISTS, Names.DIRECTORY),
        WholeReply.then(
            reply -> {
              if (reply.isError()) {
                pipes.release(link);
                then.accept(Folded.not(text(reply)));
              } else {
                fold(link, glob, then);
              }
            }));
  }

  private static String text(WholeReply error) {
    return new String(error.encoded(), StandardCharsets.UTF_8).substring(1).strip();
  }

  private void fold(Link link, Glob glob, Consumer<Folded> then) {
    SplitCounters.fold(
        link,
        stats,
        glob,
        (folded, found) -> {
          pipes.release(link);
          then.accept(new Folded(folded, found, null));
        });
  }

  private @Nullable Link link(int database) {
    clock.refresh();
    return pipes.acquire(new PipeKey(shared.files().backend(), database, false));
  }

  /** Counts a client that was turned away; on the loop. */
  void refused() {
    stats.clientsRefused++;
  }

  /** The counters' values; on the loop. */
  LaneStats stats() {
    return stats.copy();
  }

  /** What the console shows of this lane; on the loop. */
  LaneView view(List<HotKey> keys) {
    Map<Long, Sampled.Counts> counts = new HashMap<>();
    keys.forEach(key -> counts.put(key.hash(), sampled.of(key.hash())));
    return new LaneView(stats.copy(), counts, pipes.underWay());
  }

  /** Closes the connections to the backend; on the loop. */
  void close() {
    clock.refresh();
    pipes.close();
  }
}
