package io.heatsink.counter;

import io.heatsink.command.Client;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.CommandSpec.Touches;
import io.heatsink.command.Deferred;
import io.heatsink.command.KeyPositions;
import io.heatsink.command.LaneClock;
import io.heatsink.command.Place;
import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.command.Writes;
import io.heatsink.counter.combine.Increment;
import io.heatsink.counter.split.Folding;
import io.heatsink.counter.split.Keeper;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.Glob;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Counters whose increments are spread over shard keys, for the patterns that the user named.
 *
 * <p>Confined to its event loop. What every command answers is listed in {@code docs/counters.md},
 * and why nothing is lost in {@code docs/decisions/0008-split-counters.md}.
 */
public final class SplitCounters {

  private static final int MAX_KNOWN = 10_000;
  private static final long SWEEP_NANOS = 5_000_000_000L;
  private static final byte[] NOT_AN_INTEGER =
      Replies.error("ERR value is not an integer or out of range");

  private record Name(Upstream upstream, byte[] key) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name name
          && name.upstream == upstream
          && Arrays.equals(name.key, key);
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(upstream) * 31 + Arrays.hashCode(key);
    }
  }

  private final List<SplitPolicy> policies;
  private final LaneStats stats;
  private final Writes writes;
  private final LongPredicate isWriteHot;
  private final LaneClock clock;
  private final HiddenKeys hidden;
  private final Map<Name, Counter> known = new LinkedHashMap<>(16, 0.75f, true);
  private final IdentityHashMap<Upstream, Keeper> keepers = new IdentityHashMap<>();
  private long sweptNanos;

  /**
   * @param isWriteHot by the hash of a key, its database included
   */
  public SplitCounters(
      List<SplitPolicy> policies,
      LaneStats stats,
      Writes writes,
      LongPredicate isWriteHot,
      LaneClock clock) {
    this.policies = List.copyOf(policies);
    this.stats = stats;
    this.writes = writes;
    this.isWriteHot = isWriteHot;
    this.clock = clock;
    this.hidden = new HiddenKeys(policies);
  }

  /** For those that are not split while they are hot, but always or never. */
  public SplitCounters(List<SplitPolicy> policies, LaneStats stats, Writes writes) {
    this(policies, stats, writes, hash -> false, new LaneClock());
  }

  /** Whether no counter is split at all. */
  public boolean isEmpty() {
    return policies.isEmpty();
  }

  /** The policy of word {@code word}, or null where it is no split counter. */
  public @Nullable SplitPolicy of(Request request, int word) {
    for (int i = 0; i < policies.size(); i++) {
      SplitPolicy policy = policies.get(i);
      if (policy.glob().matches(request.buffer(), request.offset(word), request.length(word))) {
        return policy;
      }
    }
    return null;
  }

  /** The policy of the first key that is a split counter, or null. */
  public @Nullable SplitPolicy of(Request request, KeyPositions keys) {
    for (int i = 0; i < keys.count(); i++) {
      SplitPolicy policy = of(request, keys.get(i));
      if (policy != null) {
        return policy;
      }
    }
    return null;
  }

  /** The same of the key that a SORT, whose keys cannot all be known, is to write to. */
  public @Nullable SplitPolicy ofStore(Request request) {
    int store = request.find(2, "store") + 1;
    return store > 0 && store < request.argc() ? of(request, store) : null;
  }

  /** The error of a command that would see, or change, a part of a split counter only. */
  public static byte[] refused(CommandSpec spec, SplitPolicy policy) {
    return Replies.error(
        "ERR Heatsink: '"
            + spec.name()
            + "' here would see no more than a part of a counter that pattern '"
            + policy.pattern()
            + "' may split; use single commands such as GET, SET, INCRBY or GETDEL outside of"
            + " transactions and scripts, or take the pattern out of counters.split");
  }

  /** Answers a command that touches a split counter. */
  public void handle(Client client, Request request, CommandSpec spec, SplitPolicy policy) {
    switch (spec.name()) {
      case "get" -> read(client, request, policy, false);
      case "strlen" -> read(client, request, policy, true);
      case "mget" -> mget(client, request);
      case "incr", "decr", "incrby", "decrby" -> increment(client, request, spec, policy);
      case "del", "unlink" -> remove(client, request, spec);
      case "exists", "touch", "type", "ttl", "pttl", "expiretime", "pexpiretime" ->
          pass(client, request, spec);
      case "copy" -> copy(client, request, spec);
      default -> {
        boolean isPlain =
            switch (spec.handling()) {
              case FORWARD, READ, COUNTER -> !spec.name().equals("sort");
              default -> false;
            };
        if (spec.name().startsWith("object") || spec.name().startsWith("memory")) {
          pass(client, request, spec);
        } else if (isPlain) {
          whole(client, request, spec);
        } else {
          client.answer(refused(spec, policy));
        }
      }
    }
  }

  /** The key itself is there, and expires, as the counter does. */
  private void pass(Client client, Request request, CommandSpec spec) {
    client.dispatchDeferred();
    Place place = spec.isWrite() ? writePlace(client, request, spec) : client.reserve();
    client.upstream().send(request, place);
  }

  private Counter counter(Client client, Request request, int word, SplitPolicy policy) {
    Name name = new Name(client.upstream(), request.bytes(word));
    Counter counter = known.get(name);
    if (counter == null) {
      long hash = KeyHash.with(request.hash(word), client.database());
      counter =
          new Counter(
              name.upstream(),
              stats,
              name.key(),
              policy,
              new Counter.Heat() {
                @Override
                public long nowNanos() {
                  return clock.nowNanos();
                }

                @Override
                public boolean isHot() {
                  return isWriteHot.test(hash);
                }
              });
      makeRoom();
      known.put(name, counter);
    }
    return counter;
  }

  /** Forgets the one that has not been used for longest, if nothing is under way there. */
  private void makeRoom() {
    if (known.size() >= MAX_KNOWN) {
      Iterator<Counter> eldest = known.values().iterator();
      if (eldest.next().isIdle()) {
        eldest.remove();
      }
    }
  }

  /** What waits elsewhere travels before the client's next command on this counter. */
  private static void order(Client client, Counter counter) {
    Deferred waiting = client.deferred();
    if (waiting != null && !(waiting instanceof Turn turn && turn.counter() == counter)) {
      client.dispatchDeferred();
    }
  }

  private void increment(Client client, Request request, CommandSpec spec, SplitPolicy policy) {
    int kind = Increment.kind(request);
    if (kind == Increment.NONE) {
      if (request.argc() == 3 && !request.isLong(2)) {
        client.answer(NOT_AN_INTEGER);
      } else {
        whole(client, request, spec);
      }
      return;
    }
    stats.splitIncrements++;
    Counter counter = counter(client, request, 1, policy);
    order(client, counter);
    Place place = writePlace(client, request, spec);
    counter.increment(client, place, kind, Increment.delta(kind, request));
  }

  private void read(Client client, Request request, SplitPolicy policy, boolean isLength) {
    Counter counter = counter(client, request, 1, policy);
    order(client, counter);
    byte[] nil = client.isResp3() ? Replies.NIL3 : Replies.NIL2;
    Place place = client.reserve();
    counter.read(
        client,
        new Counter.Reader() {
          @Override
          public void value(byte @Nullable [] value) {
            if (isLength) {
              place.complete(Replies.integer(value == null ? 0 : value.length));
            } else {
              place.complete(value == null ? nil : Replies.bulk(value));
            }
          }

          @Override
          public void error(WholeReply error) {
            error.settle(place);
          }
        },
        false);
  }

  /** MGET of plain keys and split counters. */
  private void mget(Client client, Request request) {
    client.dispatchDeferred();
    MultiRead reads = new MultiRead(client, request.argc() - 1);
    List<byte[]> plain = new ArrayList<>(List.of(request.bytes(0)));
    List<Counter.Reader> plainReaders = new ArrayList<>();
    for (int i = 1; i < request.argc(); i++) {
      SplitPolicy policy = of(request, i);
      Counter.Reader reader = reads.reader(i - 1);
      if (policy == null) {
        plain.add(request.bytes(i));
        plainReaders.add(reader);
      } else {
        counter(client, request, i, policy).read(client, reader, true);
      }
    }
    if (!plainReaders.isEmpty()) {
      client
          .upstream()
          .send(
              Replies.request(plain.toArray(new byte[0][])),
              WholeReply.then(reply -> plainValues(reply, plainReaders)));
    }
    if (reads.isOpen()) {
      client.defer(reads);
    }
  }

  private static void plainValues(WholeReply reply, List<Counter.Reader> readers) {
    List<byte @Nullable []> values = reply.isArray() ? reply.bulks() : List.of();
    for (int i = 0; i < readers.size(); i++) {
      if (reply.isArray()) {
        readers.get(i).value(values.get(i));
      } else {
        readers.get(i).error(reply);
      }
    }
  }

  private void remove(Client client, Request request, CommandSpec spec) {
    client.dispatchDeferred();
    Place place = writePlace(client, request, spec);
    Tally tally = new Tally(place, request.argc() - 1);
    byte[] name = request.bytes(0);
    for (int i = 1; i < request.argc(); i++) {
      byte[] key = request.bytes(i);
      SplitPolicy policy = of(request, i);
      if (policy == null) {
        client.upstream().send(Replies.request(name, key), WholeReply.then(tally::add));
      } else {
        Counter counter = counter(client, request, i, policy);
        counter.command(
            client,
            new CommandTurn(counter, List.of(key), List.of(), List.of(name, key), tally::add));
      }
    }
    if (tally.isOpen()) {
      client.defer(tally);
    }
  }

  /** A command that Redis answers when all of each counter is in its own key. */
  private void whole(Client client, Request request, CommandSpec spec) {
    KeyPositions keys = new KeyPositions();
    boolean unused = spec.keys(request, keys);
    List<byte[]> counters = new ArrayList<>();
    List<byte[]> others = new ArrayList<>();
    Counter first = null;
    for (int i = 0; i < keys.count(); i++) {
      SplitPolicy policy = of(request, keys.get(i));
      (policy == null ? others : counters).add(request.bytes(keys.get(i)));
      if (policy != null && first == null) {
        first = counter(client, request, keys.get(i), policy);
      }
    }
    List<byte[]> words = new ArrayList<>();
    for (int i = 0; i < request.argc(); i++) {
      words.add(request.bytes(i));
    }
    client.dispatchDeferred();
    Place place = spec.isWrite() ? writePlace(client, request, spec) : client.reserve();
    if (first != null) {
      first.command(
          client,
          new CommandTurn(
              first,
              counters,
              others,
              words,
              CommandTurn.answering(place, Increment.isNamed(spec))));
    }
  }

  /** What is in other databases cannot be folded from here, so it is not written over either. */
  private void copy(Client client, Request request, CommandSpec spec) {
    SplitPolicy target = request.has(3, "db") && request.has(3, "replace") ? of(request, 2) : null;
    if (target == null) {
      whole(client, request, spec);
    } else {
      client.answer(
          Replies.error(
              "ERR Heatsink: COPY with DB and REPLACE would write over a part of a counter that"
                  + " pattern '"
                  + target.pattern()
                  + "' may split; DEL it in that database first, and COPY without REPLACE"));
    }
  }

  private Place writePlace(Client client, Request request, CommandSpec spec) {
    Place place = client.reserve();
    KeyPositions keys = new KeyPositions();
    if (spec.touches(request, keys) == Touches.EVERYTHING) {
      writes.beginEverything(Writes.UNORDERED);
      place.ends(writes, new long[0]);
      return place;
    }
    long[] hashes = new long[keys.count()];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = KeyHash.with(request.hash(keys.get(i)), client.database());
      writes.begin(hashes[i], Writes.UNORDERED);
    }
    if (hashes.length > 0) {
      place.ends(writes, hashes);
    }
    return place;
  }

  /** Answers KEYS or SCAN without our own keys; false if it is none, or asks for them. */
  public boolean list(Client client, Request request, CommandSpec spec) {
    boolean isScan = spec.name().equals("scan");
    if (!(isScan || spec.name().equals("keys")) || HiddenKeys.isAskedFor(request)) {
      return false;
    }
    client.dispatchDeferred();
    Place place = client.reserve();
    client
        .upstream()
        .send(
            request,
            WholeReply.then(
                reply -> {
                  if (reply.isFailed()) {
                    reply.settle(place);
                  } else {
                    place.complete(hidden.filtered(reply, isScan));
                  }
                }));
    return true;
  }

  /** Folds the counters of this pattern, whoever split them; gets how many, and of how many. */
  public void fold(Upstream upstream, byte[] pattern, BiConsumer<Long, Long> done) {
    fold(
        upstream,
        stats,
        new Glob(new String(pattern, java.nio.charset.StandardCharsets.UTF_8)),
        done);
  }

  /** The same of a pattern that is none of UTF-8. */
  public static void fold(
      Upstream upstream, LaneStats stats, Glob glob, BiConsumer<Long, Long> done) {
    Folding.fold(upstream, stats, glob::matches, done);
  }

  /**
   * Looks after leases; called every second or so.
   *
   * @param home a connection of Heatsink's own
   */
  public void sweep(Upstream home) {
    known.values().removeIf(Counter::sweep);
    stats.splitCounters = known.values().stream().filter(each -> each.split() != null).count();
    long now = clock.nowNanos();
    if (now - sweptNanos > sweepNanos()) {
      sweptNanos = now;
      Set<Upstream> upstreams = new HashSet<>(List.of(home));
      known.keySet().forEach(name -> upstreams.add(name.upstream()));
      upstreams.forEach(upstream -> Folding.sweep(upstream, stats));
      keepers.keySet().retainAll(upstreams);
      if (leastTotalNanos() > 0) {
        upstreams.forEach(upstream -> keeper(upstream, now));
      }
    }
  }

  /** How often {@link #keepTotals} is to be called; 0 for never. */
  public long keepTotalsNanos() {
    return Keeper.tickNanos(leastTotalNanos());
  }

  private long leastTotalNanos() {
    return policies.stream()
        .mapToLong(SplitPolicy::totalEveryNanos)
        .filter(nanos -> nanos > 0)
        .min()
        .orElse(0);
  }

  /**
   * Has counters' own keys hold their totals, where that is wanted and nobody else does it.
   *
   * @param home a connection of Heatsink's own
   */
  public void keepTotals(Upstream home) {
    long now = clock.nowNanos();
    keeper(home, now);
    List.copyOf(keepers.values()).forEach(keeper -> keeper.tick(now));
  }

  private void keeper(Upstream of, long now) {
    keepers.computeIfAbsent(
        of, to -> new Keeper(to, stats, this::totalEveryNanos, leastTotalNanos(), now));
  }

  private long totalEveryNanos(byte[] key) {
    SplitPolicy policy = SplitPolicy.of(policies, key);
    return policy == null ? 0 : policy.totalEveryNanos();
  }

  private long sweepNanos() {
    long least = SWEEP_NANOS;
    for (SplitPolicy policy : policies) {
      least = Math.min(least, policy.foldAfterMillis() * 1_000_000 / 2);
    }
    return least;
  }
}
