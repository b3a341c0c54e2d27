package io.heatsink.benchmarks;

import io.heatsink.cache.CachePolicy;
import io.heatsink.cache.CacheReader;
import io.heatsink.cache.Filler;
import io.heatsink.cache.NearCache;
import io.heatsink.cache.WriteGuard;
import io.heatsink.client.Pauses;
import io.heatsink.command.Client;
import io.heatsink.command.CommandTable;
import io.heatsink.command.Deferred;
import io.heatsink.command.FlushQueue;
import io.heatsink.command.LaneClock;
import io.heatsink.command.Looks;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Tracking;
import io.heatsink.command.Upstream;
import io.heatsink.counter.SplitCounters;
import io.heatsink.counter.combine.Combiner;
import io.heatsink.detect.DetectorSettings;
import io.heatsink.detect.HotKeyPeriod;
import io.heatsink.detect.HotKeys;
import io.heatsink.detect.HotSet;
import io.heatsink.detect.LaneDetector;
import io.heatsink.detect.Sampled;
import io.heatsink.flight.Capture;
import io.heatsink.flight.Coalescer;
import io.heatsink.journal.SlowLog;
import io.heatsink.metrics.LaneStats;
import io.heatsink.metrics.TrackingState;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Policies;
import io.heatsink.reply.LaneReplies;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.resp.RespLimits;
import io.heatsink.route.Rooms;
import io.heatsink.route.Router;
import io.heatsink.session.Clients;
import io.heatsink.session.LaneContext;
import io.heatsink.session.Session;
import io.heatsink.upstream.Backend;
import io.heatsink.upstream.Credentials;
import io.heatsink.upstream.PipeKey;
import io.heatsink.upstream.Pipes;
import io.heatsink.upstream.Users;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One lane as the proxy wires it, with one key that is hot and in the near cache. Nothing is
 * connected to it: a read that is no hit would get no reply. For one thread.
 */
final class HotLane {

  /** What a client sends for the hot key. */
  static final byte[] GET = Replies.request("GET", "hot:1k");

  /** What a client sends for a counter that may be hot. */
  static final byte[] INCR = Replies.request("INCR", "hot:counter");

  /** What Redis replies to {@link #GET}. */
  static final byte[] REPLY = Replies.bulk(new byte[1024]);

  private static final int MAX_REQUEST_BYTES = 1 << 20;
  private static final int MAX_FEED = 1_000_000;
  private static final long COMMAND_NANOS = 1_000;

  /** Far longer than any benchmark runs, so that every read is a hit. */
  private static final Duration TTL = Duration.ofDays(1);

  /**
   * Reads a second from which a key is kept that is not hot. A benchmark has so few keys that each
   * is read more often than any that a proxy would call cold.
   */
  private static final double NEVER_WARM = 1e12;

  private final LaneClock clock = new LaneClock();
  private final LaneStats stats = new LaneStats();
  private final Users users = new Users();
  private final WriteGuard guard = new WriteGuard();
  private final NearCache cache =
      new NearCache(
          new CachePolicy(32 << 20, 1 << 20, TTL.toNanos(), TTL.toNanos(), 0, NEVER_WARM), guard);
  private final HotKeys hotKeys =
      new HotKeys(new DetectorSettings(1_000, 0.01, 100, 0, Duration.ofSeconds(10)));
  private final LanePolicies policies = new LanePolicies(Policies.NONE);
  private final LaneDetector detector = hotKeys.newLane();

  HotLane() {
    Request request = request();
    heat(request, false);
    fill(request);
  }

  /** The parsed request for the hot key. */
  static Request request() {
    return request(GET);
  }

  private static Request request(byte[] bytes) {
    RequestParser parser = newParser();
    if (parser.parse(direct(bytes)) != RequestParser.REQUEST) {
      throw new IllegalStateException(parser.error());
    }
    return parser.request();
  }

  static RequestParser newParser() {
    return new RequestParser(RespLimits.withRequestBytes(MAX_REQUEST_BYTES));
  }

  /** A direct buffer, as sockets are read into. */
  static ByteBuf direct(byte[] bytes) {
    return Unpooled.directBuffer(bytes.length).writeBytes(bytes);
  }

  /** The same command so many times. */
  static byte[] repeat(byte[] command, int times) {
    byte[] all = new byte[command.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(command, 0, all, i * command.length, command.length);
    }
    return all;
  }

  static long hash(Request request) {
    return KeyHash.with(request.hash(1), 0);
  }

  CacheReader newReader() {
    return cache.newReader(hotKeys);
  }

  int user() {
    return users.number(Credentials.NONE);
  }

  long nowNanos() {
    return clock.nowNanos();
  }

  /** Reads that were not answered from memory. */
  long misses() {
    return stats.reads - stats.hits;
  }

  /** A client's session on this lane. */
  Session newSession(EventLoop loop) {
    return newSession(loop, new Bootstrap());
  }

  /** As above; {@code connects} reaches to what answers the reads that are no hits. */
  Session newSession(EventLoop loop, Bootstrap connects) {
    FlushQueue flushes = new FlushQueue(loop);
    PipeKey greeting = new PipeKey(Credentials.NONE, 0, false);
    TrackingState tracking = new TrackingState();
    Backend backend =
        new Backend(
            loop,
            pipe -> connects.clone().handler(pipe).connect(),
            "none",
            1_000,
            flushes,
            guard,
            clock,
            stats,
            tracking);
    Pipes pipes = new Pipes(backend, 1);
    SlowLog slow = new SlowLog(10_000_000);
    CommandTable commands = CommandTable.shipped();
    Clients clients = new Clients();
    LaneContext context =
        new LaneContext(
            () -> commands,
            new Router(rooms(flushes)),
            pipes,
            users,
            clients,
            clients.join(loop, stats),
            new Pauses(),
            hotKeys,
            new HotKeyPeriod(hotKeys),
            slow,
            Map::of,
            null,
            greeting,
            clock,
            stats,
            new LaneReplies(flushes, clock, stats, slow, 256 << 20, 8 << 20),
            RespLimits.withRequestBytes(MAX_REQUEST_BYTES),
            "",
            () -> 4_096,
            (done, failed) -> failed.accept("a benchmark"),
            total -> "");
    return new Session(context, Objects.requireNonNull(pipes.acquire(greeting)), 1);
  }

  private Rooms rooms(FlushQueue flushes) {
    CacheReader reader = newReader();
    return new Rooms(
        hotKeys,
        detector,
        new Sampled(),
        new Filler(cache, guard, reader, policies, clock, stats),
        null,
        policies,
        new Coalescer(stats),
        true,
        new Combiner(flushes, stats, guard),
        new SplitCounters(List.of(), stats, guard),
        guard,
        clock,
        stats);
  }

  /** Has the detector see writes of the counter that {@link #INCR} names until it is hot. */
  HotLane withHotCounter() {
    heat(request(INCR), true);
    return this;
  }

  /** Has the detector see the key until it finds it hot. */
  private void heat(Request request, boolean isWrite) {
    long hash = hash(request);
    long atNanos = clock.nowNanos() - MAX_FEED * COMMAND_NANOS;
    for (int i = 0; i < MAX_FEED; i++) {
      atNanos += COMMAND_NANOS;
      if (detector.sample()) {
        detector.count(
            hash, 0, request.buffer(), request.offset(1), request.length(1), isWrite, atNanos);
      }
    }
    HotSet hot = hotKeys.current();
    if (!(isWrite ? hot.isWriteHot(hash) : hot.isReadHot(hash))) {
      throw new IllegalStateException("the key is not found hot");
    }
  }

  private void fill(Request request) {
    Filler filler = new Filler(cache, guard, newReader(), policies, clock, stats);
    Capture fill = Objects.requireNonNull(filler.of(new FillingClient(), request, hash(request)));
    if (!fill.begin()) {
      throw new IllegalStateException("the near cache takes no fill");
    }
    ByteBuf reply = Unpooled.wrappedBuffer(REPLY);
    fill.part(reply, 0, REPLY.length, true);
    if (cache.size() != 1) {
      throw new IllegalStateException("the near cache has not kept the reply");
    }
  }

  /** Asks on the way into the cache; its backend knows no expiry. */
  private final class FillingClient implements Client, Upstream {

    private static final byte[] NO_EXPIRY = Replies.ascii(":-1\r\n");

    @Override
    public void send(byte[] encoded, int length, ReplySlot slot) {
      slot.part(Unpooled.wrappedBuffer(NO_EXPIRY), 0, NO_EXPIRY.length, true);
    }

    @Override
    public void send(Request request, ReplySlot slot) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int number() {
      return 1;
    }

    @Override
    public @Nullable Tracking tracking() {
      return null;
    }

    @Override
    public boolean isDown() {
      return false;
    }

    @Override
    public boolean isFull() {
      return false;
    }

    @Override
    public void whenRoom(Runnable resume) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Upstream upstream() {
      return this;
    }

    @Override
    public int database() {
      return 0;
    }

    @Override
    public int user() {
      return HotLane.this.user();
    }

    @Override
    public boolean isResp3() {
      return false;
    }

    @Override
    public boolean wantsFresh() {
      return false;
    }

    @Override
    public Place reserve() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void answer(byte[] bytes, int from, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Looks looks() {
      throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Deferred deferred() {
      return null;
    }

    @Override
    public void defer(@Nullable Deferred deferred) {
      throw new UnsupportedOperationException();
    }
  }
}
