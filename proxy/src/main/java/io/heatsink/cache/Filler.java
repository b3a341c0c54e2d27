package io.heatsink.cache;

import io.heatsink.command.Client;
import io.heatsink.command.Landings;
import io.heatsink.command.LaneClock;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Writes;
import io.heatsink.flight.Capture;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.LanePolicies;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import org.jspecify.annotations.Nullable;

/** Keeps the replies of reads that travel upstream. Confined to its event loop. */
public final class Filler implements Capture.Source {

  private static final byte[] GET = Replies.ascii("GET");

  private final NearCache cache;
  private final WriteGuard guard;
  private final CacheReader reader;
  private final LanePolicies policies;
  private final LaneClock clock;
  private final LaneStats stats;
  private final Capture.Source reads = new Reads();
  private final Capture.Source looks = new Looks();
  private Shown shown;

  /** {@code reader} is the lane's, which is told what a fill costs and spares. */
  public Filler(
      NearCache cache,
      WriteGuard guard,
      CacheReader reader,
      LanePolicies policies,
      LaneClock clock,
      LaneStats stats) {
    this.cache = cache;
    this.guard = guard;
    this.reader = reader;
    this.policies = policies;
    this.clock = clock;
    this.stats = stats;
    this.shown = new Shown(cache, Writes.UNORDERED);
  }

  /** Keeps the reply of a GET; {@code hash} is its key's, database included. */
  @Override
  public @Nullable Capture of(Client client, Request request, long hash) {
    return new Fill(this, client, new Fill.Read(request.bytes(1), hash));
  }

  @Override
  public boolean mayKeep(Client client, Request request, long hash) {
    return guard.isAfterWrites(hash, client.upstream().number());
  }

  /** Keeps the replies of other reads of one key; {@code hash} is the whole request's. */
  public Capture.Source ofReads() {
    return reads;
  }

  private final class Reads implements Capture.Source {
    @Override
    public @Nullable Capture of(Client client, Request request, long hash) {
      return new Fill(Filler.this, client, read(client, request, hash));
    }

    @Override
    public boolean mayKeep(Client client, Request request, long hash) {
      return Filler.this.mayKeep(client, request, CacheReader.keyHash(request, client));
    }
  }

  /**
   * Whether something is kept of this key, so that a reply that tells of it must be {@link #looks}.
   */
  public boolean hasOthers(Client client, Request request, long hash, boolean isGet) {
    return isGet
        ? cache.isOutdatedByGets() && cache.hasAnswers(hash)
        : cache.hasAnswers(CacheReader.keyHash(request, client));
  }

  /** The key with this hash is about to be shown as it is now, by the connection of this number. */
  public void looked(long keyHash, int connection) {
    cache.looked(keyHash, connection);
  }

  /** Who sees the replies of reads that are not kept, of keys of which something else is. */
  public Capture.Source looks() {
    return looks;
  }

  /** The same for one of them that travels alone, by the hash of its key. */
  public Landings looks(int connection) {
    Shown last = shown;
    if (last.connection() != connection) {
      last = new Shown(cache, connection);
      shown = last;
    }
    return last;
  }

  private record Shown(NearCache cache, int connection) implements Landings {
    @Override
    public void landed(long keyHash, ReplySlot slot) {
      cache.looked(keyHash, connection);
    }
  }

  private final class Looks implements Capture.Source {
    @Override
    public @Nullable Capture of(Client client, Request request, long hash) {
      return new Look(cache, CacheReader.keyHash(request, client), client.upstream().number());
    }

    @Override
    public boolean mayKeep(Client client, Request request, long hash) {
      return false;
    }
  }

  private static Fill.Read read(Client client, Request request, long hash) {
    int protocol = client.isResp3() ? 3 : 2;
    long keyHash = CacheReader.keyHash(request, client);
    return new Fill.Read(request.encoded(), request.bytes(1), protocol, hash, keyHash);
  }

  /** Asks for the value of a key while nobody waits for it; {@code hash} is the key's. */
  public void fetch(Client client, byte[] key, long hash) {
    fetch(client, Replies.request(GET, key), new Fill.Read(key, hash));
  }

  /** Asks for the reply to this read, no GET, while nobody waits for it. */
  public void fetch(Client client, Request request, long hash) {
    Fill.Read read = read(client, request, hash);
    fetch(client, read.asked(), read);
  }

  private void fetch(Client client, byte[] command, Fill.Read read) {
    Fill fill = new Fill(this, client, read);
    if (fill.begin()) {
      client.upstream().send(command, fill);
    }
  }

  /** The lane's way to what is kept. */
  public CacheReader reader() {
    return reader;
  }

  NearCache cache() {
    return cache;
  }

  WriteGuard guard() {
    return guard;
  }

  LanePolicies policies() {
    return policies;
  }

  LaneClock clock() {
    return clock;
  }

  LaneStats stats() {
    return stats;
  }
}
