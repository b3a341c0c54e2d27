package io.heatsink.route;

import io.heatsink.cache.Entry;
import io.heatsink.cache.Filler;
import io.heatsink.cache.MultiGet;
import io.heatsink.cache.ShadowReads;
import io.heatsink.command.Client;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.CommandSpec.Touches;
import io.heatsink.command.Handling;
import io.heatsink.command.KeyPositions;
import io.heatsink.command.Looks;
import io.heatsink.command.Place;
import io.heatsink.command.Upstream;
import io.heatsink.command.Writes;
import io.heatsink.counter.SplitCounters;
import io.heatsink.counter.SplitPolicy;
import io.heatsink.counter.combine.Combiner;
import io.heatsink.detect.LaneDetector;
import io.heatsink.flight.Coalescer;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Level;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Decides which room answers a command. Confined to its event loop. */
public final class Router {

  private static final long[] EVERYTHING = {};
  private static final int MAX_COUNTED_KEYS = 16;

  /** What is written in smaller pieces is hot by number before its bytes matter. */
  private static final int LARGE_BYTES = 16 * 1024;

  private final Rooms rooms;
  private final @Nullable LaneDetector detector;
  private final @Nullable Filler filler;
  private final @Nullable MultiGet multiGets;
  private final @Nullable ShadowReads shadows;
  private final LanePolicies policies;
  private final StandIns standIns;
  private final boolean hasSplits;
  private final KeyPositions keys = new KeyPositions();
  private boolean coalesces;
  private boolean combines;
  private @Nullable Rehearsal rehearsal;
  private long latestRead;

  public Router(Rooms rooms) {
    this.rooms = rooms;
    this.detector = rooms.detector();
    this.filler = rooms.filler();
    this.multiGets = filler == null ? null : new MultiGet(filler);
    this.shadows = rooms.shadows();
    this.policies = rooms.policies();
    this.standIns = new StandIns(rooms.clock(), rooms.stats());
    this.hasSplits = !rooms.splits().isEmpty();
    this.coalesces = rooms.coalesceAll();
    this.combines = rooms.combiner() != null;
  }

  /**
   * From now on reads of keys that are not hot share flights, or not, and increments of hot ones
   * travel together, or not. What is under way stays as it is.
   */
  public void share(boolean reads, boolean increments) {
    coalesces = reads;
    combines = increments;
  }

  /** From now on what the rooms would do is counted there, while nothing is; or not, of null. */
  public void rehearse(@Nullable Rehearsal next) {
    rehearsal = next;
  }

  /** Has the command answered; its place in the reply order is taken before this returns. */
  public void route(Client client, Request request, CommandSpec spec) {
    if (!spec.accepts(request)) {
      forward(client, request, Touches.NOTHING);
      return;
    }
    if (hasSplits) {
      SplitPolicy policy = splitPolicy(request, spec);
      if (policy != null) {
        sample(client, request, spec);
        rooms.splits().handle(client, request, spec, policy);
        return;
      }
    }
    if (hasSplits && rooms.splits().list(client, request, spec)) {
      return;
    }
    switch (spec.handling()) {
      case GET -> get(client, request);
      case READ -> read(client, request, spec);
      case MGET -> multiGet(client, request, spec);
      case COUNTER -> count(client, request, spec);
      default -> {
        sample(client, request, spec);
        forward(client, request, spec.touches(request, keys));
      }
    }
  }

  /** Whether there are split counters, so that a command's keys have to be known. */
  public boolean hasSplits() {
    return hasSplits;
  }

  /** Folds the split counters of this pattern, whoever split them. */
  public void foldSplits(Client client, byte[] pattern, BiConsumer<Long, Long> done) {
    rooms.splits().fold(client.upstream(), pattern, done);
  }

  /** Looks after leases of split counters; called every second or so. */
  public void sweepSplits(Upstream home) {
    rooms.splits().sweep(home);
  }

  /** Has counters' own keys hold their totals; called every {@link #keepTotalsNanos}. */
  public void keepTotals(Upstream home) {
    rooms.splits().keepTotals(home);
  }

  /** How often that is to be done; 0 for never. */
  public long keepTotalsNanos() {
    return rooms.splits().keepTotalsNanos();
  }

  /** The policy under which a key of this command is a split counter, or null. */
  public @Nullable SplitPolicy splitPolicy(Request request, CommandSpec spec) {
    if (!hasSplits || !spec.accepts(request)) {
      return null;
    }
    return spec.keys(request, keys)
        ? rooms.splits().of(request, keys)
        : rooms.splits().ofStore(request);
  }

  /** The error of a command on a split counter where it has no meaning. */
  public byte[] refused(CommandSpec spec, SplitPolicy policy) {
    return SplitCounters.refused(spec, policy);
  }

  /** What tells this GET or READ from others, nearly. */
  public long readHash(Client client, Request request, CommandSpec spec) {
    boolean isGet = spec.handling() == Handling.GET;
    return KeyHash.with(isGet ? request.hash(1) : request.hashFrom(0), client.database());
  }

  /** The same of the one that was routed last. */
  public long latestRead() {
    return latestRead;
  }

  /** The key with this hash is about to be shown as it is now, by the connection of this number. */
  public void looked(long keyHash, int connection) {
    Filler fills = filler;
    if (fills != null) {
      fills.looked(keyHash, connection);
    }
  }

  /** How this client's reads of the key that is word {@code word} are answered. */
  public Explanation explain(Client client, Request request, int word) {
    return Explanation.of(rooms, client, request, word);
  }

  /** Looks after what is over; called every second or so. */
  public void sweep() {
    standIns.sweep();
  }

  private void get(Client client, Request request) {
    long hash = KeyHash.with(request.hash(1), client.database());
    latestRead = hash;
    rooms.stats().reads++;
    long hits = rooms.stats().hits;
    boolean isSampled = detector != null && detector.sample();
    if (isSampled) {
      count(client, request, 1, hash, false);
    }
    get(client, request, hash);
    if (isSampled) {
      noteRead(hash, hits);
    }
  }

  private void noteRead(long keyHash, long hitsBefore) {
    if (rehearsal == null && rooms.hotKeys().current().isWorthKeeping(keyHash)) {
      rooms.sampled().read(keyHash, rooms.stats().hits != hitsBefore);
    }
  }

  private void get(Client client, Request request, long hash) {
    Level level = policies.of(hash, request, 1).level();
    if (level == Level.FRESH || client.wantsFresh()) {
      fresh(client, request, hash, hash, true);
      return;
    }
    Filler fills = filler;
    if (fills == null || !level.keeps()) {
      coalesce(client, request, hash);
    } else if (client.looks().of(hash) != Looks.NONE) {
      readBehind(client, request, hash, hash, fills);
    } else {
      long now = rooms.clock().nowNanos();
      Entry entry = fills.reader().find(hash, request, 1, client.database(), client.user(), now);
      if (entry == null) {
        missed(client, request, hash, fills, true);
      } else {
        hit(client, request, entry);
        if (entry.isToBeRefreshed(now)) {
          fills.fetch(client, request.bytes(1), hash);
        }
      }
    }
  }

  private void read(Client client, Request request, CommandSpec spec) {
    rooms.stats().reads++;
    long hits = rooms.stats().hits;
    boolean isSampled = detector != null && detector.sample();
    if (isSampled) {
      count(client, request, 1, keyHash(client, request), false);
    }
    readKept(client, request, spec);
    if (isSampled) {
      noteRead(keyHash(client, request), hits);
    }
  }

  private void readKept(Client client, Request request, CommandSpec spec) {
    long hash = KeyHash.with(request.hashFrom(0), client.database());
    latestRead = hash;
    Level level = policies.of(request, 1).level();
    if (level == Level.FRESH || client.wantsFresh()) {
      fresh(client, request, hash, keyHash(client, request), spec.mayKeep(request));
      return;
    }
    Filler fills = filler;
    if (fills == null || !level.keeps() || !spec.mayKeep(request)) {
      coalesce(client, request, hash);
    } else if (client.looks().any() && client.looks().of(keyHash(client, request)) != Looks.NONE) {
      readBehind(client, request, hash, keyHash(client, request), fills);
    } else {
      long now = rooms.clock().nowNanos();
      Entry entry = fills.reader().findRead(hash, request, client, now);
      if (entry == null) {
        missed(client, request, hash, fills, false);
      } else {
        hit(client, request, entry);
        if (entry.isToBeRefreshed(now)) {
          fills.fetch(client, request, hash);
        }
      }
    }
  }

  /** A read that the backend alone is to answer. */
  private void fresh(Client client, Request request, long hash, long keyHash, boolean mayKeep) {
    Rehearsal instead = rehearsal;
    if (instead != null) {
      instead.read(client, request, hash, keyHash, mayKeep);
    }
    forward(client, request, Touches.NOTHING);
  }

  private static long keyHash(Client client, Request request) {
    return KeyHash.with(request.hash(1), client.database());
  }

  private void hit(Client client, Request request, Entry entry) {
    rooms.stats().hits++;
    entry.answer(client);
    ShadowReads sampled = shadows;
    if (sampled != null && sampled.samples()) {
      sampled.read(client, request, entry);
    }
  }

  private void multiGet(Client client, Request request, CommandSpec spec) {
    rooms.stats().reads++;
    sample(client, request, spec);
    MultiGet kept = multiGets;
    if (kept == null) {
      forward(client, request, Touches.NOTHING);
      return;
    }
    byte[] reply = client.wantsFresh() ? null : kept.find(client, request);
    if (reply != null) {
      rooms.stats().hits++;
      if (kept.hasStandIns()) {
        standIns.answered(client);
      }
      client.answer(reply);
    } else {
      Rehearsal instead = rehearsal;
      if (instead != null) {
        instead.readAll(client, request);
      }
      client.dispatchDeferred();
      client.upstream().send(request, kept.checked(client, request, client.reserve()));
    }
  }

  /** A read of a key that nothing of what is kept answers. */
  private void missed(Client client, Request request, long hash, Filler fills, boolean isGet) {
    if (client.upstream().isDown()
        && client.upstream().of(request.bytes(1)).isDown()
        && standIns.answer(client, request, hash, fills.reader(), isGet)) {
      return;
    }
    boolean isShared = Coalescer.takes(request);
    if (isShared && fills.reader().wants()) {
      rooms.stats().misses++;
      rooms.coalescer().read(client, request, hash, isGet ? fills : fills.ofReads());
      client.looks().at(isGet ? hash : keyHash(client, request), hash);
    } else if ((fills.reader().knows() && replicaLagNanos(client, request) == 0)
        || fills.hasOthers(client, request, hash, isGet)) {
      look(client, request, hash, isGet ? hash : keyHash(client, request), fills);
    } else {
      coalesce(client, request, hash);
    }
  }

  /** A read of a key that the client is reading already: nothing kept may be answered behind it. */
  private void readBehind(Client client, Request request, long hash, long keyHash, Filler fills) {
    boolean isSame = client.looks().of(keyHash) == hash;
    if (isSame && Coalescer.takes(request)) {
      rooms.coalescer().read(client, request, hash, hash == keyHash ? fills : fills.ofReads());
      client.looks().at(keyHash, hash);
    } else {
      look(client, request, hash, keyHash, fills);
    }
  }

  /** A read that is answered by the backend, after all that the client has sent before. */
  private void look(Client client, Request request, long hash, long keyHash, Filler fills) {
    if (coalesces && Coalescer.gathers(request)) {
      rooms.coalescer().readLater(client, request, hash, fills.looks());
    } else {
      client.dispatchDeferred();
      Place place = client.reserve();
      place.landsFirst(fills.looks(client.upstream().number()), keyHash);
      client.upstream().send(request, place);
    }
    // Not the hash: a read that may not join a flight must not be followed by one that does.
    client.looks().at(keyHash, Looks.SEVERAL);
  }

  private void coalesce(Client client, Request request, long hash) {
    Upstream via = way(client, request);
    if (coalesces && Coalescer.takes(request)) {
      rooms.coalescer().read(client, via, request, hash);
    } else {
      client.dispatchDeferred();
      via.send(request, client.reserve());
    }
  }

  /**
   * Where a read travels that is not kept: hot ones to replicas, where their keys' rules say so.
   */
  private Upstream way(Client client, Request request) {
    long maxLagNanos = replicaLagNanos(client, request);
    return maxLagNanos == 0 ? client.upstream() : client.upstream().replicas(maxLagNanos);
  }

  /** How far a replica that answers this read may lag; 0 where none may. */
  private long replicaLagNanos(Client client, Request request) {
    if (!policies.readsReplicas()) {
      return 0;
    }
    long keyHash = keyHash(client, request);
    long maxLagNanos = policies.of(keyHash, request, 1).replicaLagNanos();
    return rooms.hotKeys().current().isWorthKeeping(keyHash) ? maxLagNanos : 0;
  }

  private void count(Client client, Request request, CommandSpec spec) {
    long hash = KeyHash.with(request.hash(1), client.database());
    boolean isSampled = detector != null && detector.sample();
    if (isSampled) {
      count(client, request, 1, hash, true);
    }
    Combiner combiner = rooms.combiner();
    boolean combined =
        combiner != null
            && ((combines && rooms.hotKeys().current().isWriteHot(hash)) || combiner.awaits(client))
            && combiner.increment(client, request, hash);
    if (isSampled && rehearsal == null && rooms.hotKeys().current().isWriteHot(hash)) {
      rooms.sampled().write(hash, combined);
    }
    if (!combined) {
      Rehearsal instead = rehearsal;
      if (instead != null) {
        instead.increment(hash);
      }
      forward(client, request, spec.touches(request, keys));
    }
  }

  private void forward(Client client, Request request, Touches touches) {
    client.dispatchDeferred();
    Place place = client.reserve();
    guard(client, place, request, touches, client.upstream().number());
    client.upstream().send(request, place);
  }

  /**
   * Has nothing older served while this command is under way, on a connection of its own, and after
   * it.
   *
   * @return what it may change; {@link #guardedKeys} holds after KEYS only
   */
  public Touches guard(Client client, Place place, Request request, CommandSpec spec) {
    boolean runs = spec.accepts(request);
    if (runs) {
      sample(client, request, spec);
    }
    Touches touches = runs ? spec.touches(request, keys) : Touches.NOTHING;
    guard(client, place, request, touches, Writes.UNORDERED);
    return touches;
  }

  /** Has nothing at all served from memory while this command is under way and after it. */
  public void guardEverything(Place place) {
    guardEverything(place, Writes.UNORDERED);
  }

  private void guardEverything(Place place, int connection) {
    rooms.writes().beginEverything(connection);
    place.ends(rooms.writes(), EVERYTHING);
  }

  /** The keys of the command guarded last, hashed with the client's database. */
  public long[] guardedKeys(Client client, Request request) {
    long[] hashes = new long[keys.count()];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = KeyHash.with(request.hash(keys.get(i)), client.database());
    }
    return hashes;
  }

  /** Has nothing older of these keys served until the reply has come. */
  public void guard(Place place, long[] hashes) {
    guard(place, hashes, Writes.UNORDERED);
  }

  private void guard(Place place, long[] hashes, int connection) {
    if (hashes.length == 0) {
      return;
    }
    for (long hash : hashes) {
      rooms.writes().begin(hash, connection);
    }
    place.ends(rooms.writes(), hashes);
  }

  private void guard(Client client, Place place, Request request, Touches touches, int connection) {
    if (touches == Touches.EVERYTHING) {
      guardEverything(place, connection);
    } else if (touches == Touches.KEYS && keys.count() == 1) {
      long hash = KeyHash.with(request.hash(keys.get(0)), client.database());
      rooms.writes().begin(hash, connection);
      place.ends(rooms.writes(), hash);
    } else if (touches == Touches.KEYS) {
      guard(place, guardedKeys(client, request), connection);
    }
  }

  /** A read of a key whose reply has so many bytes, as far as is known. */
  public void weigh(Client client, Request request, long bytes) {
    weigh(client, request, 1, bytes);
  }

  private void weigh(Client client, Request request, int word, long bytes) {
    if (detector != null) {
      detector.weigh(
          KeyHash.with(request.hash(word), client.database()),
          client.database(),
          request.buffer(),
          request.offset(word),
          request.length(word),
          bytes,
          rooms.clock().nowNanos());
    }
  }

  private void sample(Client client, Request request, CommandSpec spec) {
    LaneDetector counter = detector;
    boolean isBig = request.length() >= LARGE_BYTES && spec.isWrite();
    if (isBig && spec.keys(request, keys) && keys.count() == 1) {
      weigh(client, request, keys.get(0), request.length());
    }
    if (counter == null || !counter.sample() || !spec.keys(request, keys)) {
      return;
    }
    for (int i = 0; i < keys.count() && i < MAX_COUNTED_KEYS; i++) {
      int word = keys.get(i);
      long hash = KeyHash.with(request.hash(word), client.database());
      count(client, request, word, hash, spec.isWrite());
    }
  }

  private void count(Client client, Request request, int word, long hash, boolean write) {
    if (detector != null) {
      detector.count(
          hash,
          client.database(),
          request.buffer(),
          request.offset(word),
          request.length(word),
          write,
          rooms.clock().nowNanos());
    }
  }
}
