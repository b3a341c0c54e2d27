package io.heatsink.counter;

import io.heatsink.command.Client;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.KeyPositions;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.command.Writes;
import io.heatsink.flight.Flight;
import io.heatsink.flight.FlightTable;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counters whose increments are spread over shard keys, for the patterns that the user named.
 *
 * <p>Confined to its event loop. What every command answers is listed in {@code docs/counters.md}.
 */
public final class SplitCounters {

  /*
   * The base key stays an ordinary counter, and the value is base plus shards: what was counted
   * before the split counts, and a reader that adds them all needs no other knowledge. SET makes
   * the base the whole value and removes the shards, in one transaction, so that no acknowledged
   * increment of another sidecar falls between the two.
   */

  private static final byte[] MULTI = Replies.request("MULTI");
  private static final byte[] EXEC = Replies.request("EXEC");
  private static final byte[] DEL = Replies.ascii("DEL");

  private final List<SplitPolicy> policies;
  private final LaneStats stats;
  private final Writes writes;
  private final FlightTable increments = new FlightTable();
  private final FlightTable reads = new FlightTable();

  public SplitCounters(List<SplitPolicy> policies, LaneStats stats, Writes writes) {
    this.policies = List.copyOf(policies);
    this.stats = stats;
    this.writes = writes;
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

  /** The error of a command that has no meaning on a split counter. */
  public static byte[] refused(CommandSpec spec, SplitPolicy policy) {
    return Replies.error(
        "ERR Heatsink: '"
            + spec.name()
            + "' has no meaning on a counter split by pattern '"
            + policy.pattern()
            + "'; use GET, MGET, SET, DEL or the INCR family, or take the pattern out of"
            + " counters.split");
  }

  /** Answers a command that touches a split counter. */
  public void handle(Client client, Request request, CommandSpec spec, SplitPolicy policy) {
    switch (spec.name()) {
      case "get" -> get(client, request, policy);
      case "mget" -> mget(client, request);
      case "incr", "decr", "incrby", "decrby" -> increment(client, request, spec, policy);
      case "del", "unlink", "exists" -> count(client, request, spec);
      case "set" -> set(client, request, spec, policy);
      default -> client.answer(refused(spec, policy));
    }
  }

  private void increment(Client client, Request request, CommandSpec spec, SplitPolicy policy) {
    int kind = Increment.kind(request);
    if (kind == Increment.NONE) {
      client.answer(
          request.argc() == 3 && !request.isLong(2)
              ? Replies.error("ERR value is not an integer or out of range")
              : refused(spec, policy));
      return;
    }
    stats.splitIncrements++;
    join(client, request, policy, kind);
  }

  private void join(Client client, Request request, SplitPolicy policy, int kind) {
    long delta = Increment.delta(kind, request);
    SplitIncrements current = (SplitIncrements) find(increments, client, request);
    SplitIncrements gathering =
        current == null ? null : (SplitIncrements) increments.gathering(current);
    if (client.deferred() != null && client.deferred() != gathering) {
      // Sending may fail at once and land any flight, so the table is looked at again.
      client.dispatchDeferred();
      join(client, request, policy, kind);
      return;
    }
    if (gathering != null && !gathering.takes(delta)) {
      gathering.dispatch();
      join(client, request, policy, kind);
      return;
    }
    if (gathering == null) {
      gathering = new SplitIncrements(increments);
      gathering.policy(policy);
      prepare(gathering, client, request);
    }
    gathering.join(writePlace(client, request, 1), kind, delta);
    depart(increments, client, current, gathering);
  }

  private void get(Client client, Request request, SplitPolicy policy) {
    SplitRead current = (SplitRead) find(reads, client, request);
    SplitRead gathering = current == null ? null : (SplitRead) reads.gathering(current);
    if (client.deferred() != null && client.deferred() != gathering) {
      client.dispatchDeferred();
      get(client, request, policy);
      return;
    }
    if (gathering == null) {
      gathering = new SplitRead(reads, client.isResp3());
      gathering.policy(policy);
      prepare(gathering, client, request);
    }
    gathering.join(client.reserve());
    depart(reads, client, current, gathering);
  }

  /** Leaves at once if nothing of its kind is on the wire, and waits behind it otherwise. */
  private static void depart(
      FlightTable table, Client client, @Nullable Flight current, Flight gathering) {
    if (current == null) {
      gathering.dispatch();
    } else {
      if (table.gathering(current) == null) {
        table.gatherBehind(current, gathering);
      }
      client.defer(gathering);
    }
  }

  private static @Nullable Flight find(FlightTable table, Client client, Request request) {
    return table.find(
        client.upstream(), request.hash(1), request.buffer(), request.offset(1), request.length(1));
  }

  private static void prepare(Flight flight, Client client, Request request) {
    flight.prepare(
        client.upstream(), request.hash(1), request.buffer(), request.offset(1), request.length(1));
  }

  /** MGET of plain keys and split counters: one MGET of all, added up afterwards. */
  private void mget(Client client, Request request) {
    client.dispatchDeferred();
    List<byte[]> words = new ArrayList<>();
    words.add(request.bytes(0));
    int[] widths = new int[request.argc() - 1];
    for (int i = 1; i < request.argc(); i++) {
      byte[] key = request.bytes(i);
      SplitPolicy policy = of(request, i);
      widths[i - 1] = policy == null ? 0 : policy.shards() + 1;
      words.add(key);
      for (int shard = 0; policy != null && shard < policy.shards(); shard++) {
        words.add(policy.shard(key, shard));
      }
    }
    Place place = client.reserve();
    byte[] nil = client.isResp3() ? Replies.NIL3 : Replies.NIL2;
    byte[] command = Replies.request(words.toArray(new byte[0][]));
    client.upstream().send(command, WholeReply.then(reply -> joined(place, reply, widths, nil)));
  }

  private static void joined(Place place, WholeReply reply, int[] widths, byte[] nil) {
    if (!reply.isArray()) {
      reply.settle(place);
      return;
    }
    List<byte @Nullable []> values = reply.bulks();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Replies.ascii("*" + widths.length + "\r\n"));
    int at = 0;
    for (int width : widths) {
      byte[] value = width == 0 ? values.get(at) : SplitTotal.of(values, at, width).value();
      out.writeBytes(value == null ? nil : Replies.bulk(value));
      at += Math.max(width, 1);
    }
    place.complete(out.toByteArray());
  }

  /** DEL, UNLINK and EXISTS count keys: a counter is one, however many shards it has. */
  private void count(Client client, Request request, CommandSpec spec) {
    client.dispatchDeferred();
    Place place =
        spec.isWrite() ? writePlace(client, request, request.argc() - 1) : client.reserve();
    Tally tally = new Tally(place, request.argc() - 1);
    Upstream upstream = client.upstream();
    byte[] name = request.bytes(0);
    for (int i = 1; i < request.argc(); i++) {
      byte[] key = request.bytes(i);
      SplitPolicy policy = of(request, i);
      byte[] command = policy == null ? Replies.request(name, key) : policy.command(name, key);
      upstream.send(command, WholeReply.then(tally::add));
    }
  }

  /** Adds up the replies of several commands that answer one. */
  private static final class Tally {
    private final Place place;
    private int left;
    private long sum;
    private @Nullable WholeReply error;

    Tally(Place place, int replies) {
      this.place = place;
      this.left = replies;
    }

    void add(WholeReply reply) {
      if (reply.isInteger()) {
        sum += Math.min(reply.integer(), 1);
      } else if (error == null) {
        error = reply;
      }
      if (--left == 0) {
        WholeReply failed = error;
        if (failed != null) {
          failed.settle(place);
        } else {
          place.complete(Replies.integer(sum));
        }
      }
    }
  }

  private void set(Client client, Request request, CommandSpec spec, SplitPolicy policy) {
    if (request.argc() != 3) {
      client.answer(refused(spec, policy));
      return;
    }
    client.dispatchDeferred();
    Place place = writePlace(client, request, 1);
    Upstream upstream = client.upstream();
    byte[] key = request.bytes(1);
    byte[][] removal = new byte[policy.shards() + 1][];
    removal[0] = DEL;
    for (int i = 0; i < policy.shards(); i++) {
      removal[i + 1] = policy.shard(key, i);
    }
    WholeReply[] queued = new WholeReply[1];
    upstream.send(MULTI, ReplySlot.NOBODY);
    upstream.send(request, WholeReply.then(reply -> queued[0] = reply));
    upstream.send(Replies.request(removal), ReplySlot.NOBODY);
    upstream.send(
        EXEC,
        WholeReply.then(
            done -> {
              if (done.isArray()) {
                place.complete(done.firstLine());
              } else {
                (queued[0].isError() ? queued[0] : done).settle(place);
              }
            }));
  }

  private Place writePlace(Client client, Request request, int keys) {
    Place place = client.reserve();
    long[] hashes = new long[keys];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = KeyHash.with(request.hash(i + 1), client.database());
      writes.begin(hashes[i], Writes.UNORDERED);
    }
    place.ends(writes, hashes);
    return place;
  }
}
