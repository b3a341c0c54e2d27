package io.heatsink.cache;

import io.heatsink.cache.Entry.Validity;
import io.heatsink.command.Client;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Tracking;
import io.heatsink.command.Upstream;
import io.heatsink.flight.Capture;
import io.heatsink.policy.Rule;
import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One GET on its way into the near cache: {@code CLIENT CACHING YES} before it on the wire, where
 * its key's rule asks for that and the backend tracks what its connection reads, and PTTL after it.
 *
 * <p>Confined to its event loop. It carries the epoch it was issued in, so that a late reply never
 * overwrites an invalidation, and the time it was issued at, from which both TTLs count: an answer
 * is never thought younger than it is.
 */
final class Fill implements Capture {

  private static final byte[] CACHING = Replies.request("CLIENT", "CACHING", "YES");
  private static final byte[] PTTL = Replies.ascii("PTTL");
  private static final int INITIAL_BYTES = 256;
  private static final long NO_EXPIRY_MILLIS = -1;
  private static final long NO_KEY_MILLIS = -2;
  private static final long UNKNOWN_MILLIS = -3;

  private final Filler filler;
  private final Upstream upstream;
  private final int database;
  private final int user;
  private final Rule rule;
  private final byte[] key;
  private final long hash;
  private long epoch;
  private long era;
  private long stores;
  private long issuedNanos;
  private @Nullable Tracking tracking;
  private byte @Nullable [] reply = new byte[INITIAL_BYTES];
  private int length;

  Fill(Filler filler, Client client, Rule rule, byte[] key, long hash) {
    this.filler = filler;
    this.upstream = client.upstream();
    this.database = client.database();
    this.user = client.user();
    this.rule = rule;
    this.key = key;
    this.hash = hash;
  }

  @Override
  public boolean begin() {
    epoch = filler.guard().epoch(hash);
    era = filler.guard().era();
    stores = filler.cache().stores(hash);
    issuedNanos = filler.clock().nowNanos();
    if (!filler.guard().isAfterWrites(hash, upstream.number())) {
      return false;
    }
    Tracking promise = rule.level().tracks() ? upstream.tracking() : null;
    if (promise != null) {
      tracking = promise;
      upstream.send(CACHING, new Consent(promise));
    }
    return true;
  }

  @Override
  public void sent() {
    filler.stats().fills++;
    filler.reader().pay(hash);
    upstream.send(Replies.request(PTTL, key), new TimeToLive());
  }

  @Override
  public boolean isCurrent() {
    return filler.guard().epoch(hash) == epoch && filler.guard().era() == era;
  }

  @Override
  public void joined() {
    filler.reader().earn(hash);
  }

  @Override
  public void part(ByteBuf bytes, int index, int count, boolean last) {
    byte[] kept = reply;
    if (kept == null) {
      return;
    }
    if (length + count > filler.cache().policy().maxItemBytes()) {
      reply = null;
      return;
    }
    if (length + count > kept.length) {
      kept = Arrays.copyOf(kept, Math.max(length + count, kept.length * 2));
      reply = kept;
    }
    bytes.getBytes(index, kept, length, count);
    length += count;
  }

  @Override
  public void failed() {
    reply = null;
  }

  /** Takes the reply of CLIENT CACHING: where that is an error, nothing is tracked. */
  private record Consent(Tracking promise) implements ReplySlot {
    @Override
    public void part(ByteBuf bytes, int index, int count, boolean last) {
      if (bytes.getByte(index) == '-') {
        promise.lose();
      }
    }

    @Override
    public void fail(byte[] error) {
      promise.lose();
    }
  }

  /** Takes the PTTL's reply, after which the answer can be stored. */
  private final class TimeToLive implements ReplySlot {
    private final byte[] text = new byte[32];
    private int size;

    @Override
    public void part(ByteBuf bytes, int index, int count, boolean last) {
      int room = Math.min(count, text.length - size);
      bytes.getBytes(index, text, size, room);
      size += room;
      if (last) {
        store(text[0] == ':' ? number() : UNKNOWN_MILLIS);
      }
    }

    private long number() {
      long value = 0;
      boolean negative = text[1] == '-';
      for (int i = negative ? 2 : 1; i < size && text[i] != '\r'; i++) {
        value = value * 10 + (text[i] - '0');
      }
      return negative ? -value : value;
    }

    @Override
    public void fail(byte[] error) {
      filler.stats().fillsDiscarded++;
    }
  }

  private void store(long leftMillis) {
    byte[] kept = reply;
    boolean isNil = kept != null && isNil(kept);
    boolean isValue = kept != null && kept[0] == '$' && !isNil;
    boolean agrees = isNil ? leftMillis == NO_KEY_MILLIS : leftMillis >= NO_EXPIRY_MILLIS;
    if (kept == null || !(isNil || isValue) || !agrees) {
      filler.stats().fillsDiscarded++;
      return;
    }
    long ttlNanos = filler.cache().policy().jitteredTtlNanos(rule, tracking != null);
    if (leftMillis >= 0) {
      ttlNanos = Math.min(ttlNanos, TimeUnit.MILLISECONDS.toNanos(leftMillis));
    }
    byte[] exact = isNil ? null : Arrays.copyOf(kept, length);
    Validity validity = new Validity(issuedNanos + ttlNanos, era, tracking);
    Entry entry = new Entry(key, database, user, exact, validity);
    if (filler.cache().store(hash, epoch, stores, entry)) {
      filler.reader().stored(hash, entry);
    } else {
      filler.stats().fillsDiscarded++;
    }
  }

  private static boolean isNil(byte[] kept) {
    return kept[0] == '_' || (kept[0] == '$' && kept[1] == '-');
  }
}
