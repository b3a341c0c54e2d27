package io.heatsink.cache;

import io.heatsink.cache.Entry.Asker;
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
 * One read on its way into the near cache. Before it on the wire go PTTL and, where its key's rule
 * asks for that and the backend tracks what its connection reads, {@code CLIENT CACHING YES}.
 *
 * <p>Confined to its event loop. It carries the epoch it was issued in, so that a late reply never
 * overwrites an invalidation, and the time it was issued at, from which both TTLs count: an answer
 * is never thought younger than it is.
 */
final class Fill implements Capture, ReplySlot {

  /*
   * The consent is given for PTTL, which comes first: from it on the backend tells of each change,
   * also of one between the two. So what PTTL said holds for what is read after it, unless the
   * epoch is raised, and all is known when the reply has come. Where nothing is tracked the key may
   * have come meanwhile, with an expiry of its own: then only its absence is believed.
   */

  private static final byte[] CACHING = Replies.request("CLIENT", "CACHING", "YES");
  private static final byte[] PTTL = Replies.ascii("PTTL");
  private static final int INITIAL_BYTES = 256;
  private static final long NO_KEY_MILLIS = -2;
  private static final long UNKNOWN_MILLIS = -3;

  private final Filler filler;
  private final Upstream upstream;
  private final Asker asker;
  private final Read read;
  private final Rule rule;
  private long epoch;
  private long era;
  private long stores;
  private long looks;
  private boolean begun;
  private long issuedNanos;
  private long leftMillis = UNKNOWN_MILLIS;
  private @Nullable Tracking tracking;

  /** What is asked, and then the reply as it comes; null when it is not to be kept. */
  private byte @Nullable [] bytes;

  private int length;

  /**
   * What is read.
   *
   * @param asked the whole request, or of a GET the key
   * @param protocol in which; {@link Entry#ANY_PROTOCOL} is a GET
   * @param hash by which readers find it
   * @param keyHash the key's, database included
   */
  record Read(byte[] asked, byte[] key, int protocol, long hash, long keyHash) {

    /** GET. */
    Read(byte[] key, long hash) {
      this(key, key, Entry.ANY_PROTOCOL, hash, hash);
    }

    boolean isGet() {
      return protocol == Entry.ANY_PROTOCOL;
    }
  }

  Fill(Filler filler, Client client, Read read) {
    this.filler = filler;
    this.upstream = client.upstream();
    this.asker = new Asker(client.database(), client.user(), read.protocol());
    this.read = read;
    this.rule = filler.policies().of(read.keyHash(), read.key());
    this.length = read.asked().length;
    this.bytes = Arrays.copyOf(read.asked(), length + INITIAL_BYTES);
  }

  @Override
  public boolean begin() {
    epoch = filler.guard().epoch(read.keyHash());
    era = filler.guard().era();
    stores = filler.cache().stores(read.hash());
    looks = filler.cache().seen(read.keyHash(), upstream.number());
    issuedNanos = filler.clock().nowNanos();
    if (!filler.guard().isAfterWrites(read.keyHash(), upstream.number())) {
      return false;
    }
    filler.stats().fills++;
    filler.reader().pay(read.hash());
    Tracking promise = rule.level().tracks() ? upstream.tracking() : null;
    if (promise != null) {
      tracking = promise;
      upstream.send(CACHING, new Consent(promise));
    }
    upstream.send(Replies.request(PTTL, read.key()), new TimeToLive());
    return true;
  }

  @Override
  public boolean isCurrent() {
    return filler.guard().epoch(read.keyHash()) == epoch && filler.guard().era() == era;
  }

  @Override
  public void joined() {
    filler.reader().earn(read.hash());
  }

  @Override
  public void part(ByteBuf from, int index, int count, boolean last) {
    if (!begun) {
      begun = true;
      look(from, index, count, last);
    }
    byte[] kept = bytes;
    if (kept != null) {
      int most = read.asked().length + filler.cache().policy().maxItemBytes();
      if (length + count > most) {
        bytes = null;
      } else {
        if (length + count > kept.length) {
          kept = Arrays.copyOf(kept, Math.min(most, Math.max(length + count, kept.length * 2)));
          bytes = kept;
        }
        from.getBytes(index, kept, length, count);
        length += count;
      }
    }
    if (last) {
      store();
    }
  }

  private void look(ByteBuf from, int index, int count, boolean isWhole) {
    if (isWhole) {
      filler.cache().looked(read, upstream.number(), from, index, count);
    } else {
      filler.cache().looked(read.keyHash(), upstream.number());
    }
  }

  @Override
  public void fail(byte[] error) {
    bytes = null;
    store();
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

  /** Takes PTTL's reply. */
  private final class TimeToLive implements ReplySlot {
    private final byte[] text = new byte[32];
    private int size;

    @Override
    public void part(ByteBuf from, int index, int count, boolean last) {
      int room = Math.min(count, text.length - size);
      from.getBytes(index, text, size, room);
      size += room;
      if (last && text[0] == ':') {
        leftMillis = number();
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
      // The read fails with it.
    }
  }

  private void store() {
    byte[] kept = bytes;
    if (kept == null || !isBelieved(kept, read.asked().length)) {
      filler.stats().fillsDiscarded++;
      return;
    }
    Entry entry = new Entry(exact(kept), read.asked().length, asker, validity());
    if (filler.cache().seen(read.keyHash(), upstream.number()) != looks) {
      // Another connection has shown the key since this was sent, perhaps in a later state.
      entry.hold();
    }
    if (filler.cache().store(read, epoch, stores, entry)) {
      filler.reader().stored(read.hash(), entry);
    } else {
      filler.stats().fillsDiscarded++;
    }
  }

  private byte[] exact(byte[] kept) {
    int from = read.asked().length;
    boolean isOmitted = read.isGet() && isNil(kept, from);
    return isOmitted ? read.asked() : kept.length == length ? kept : Arrays.copyOf(kept, length);
  }

  private Validity validity() {
    CachePolicy policy = filler.cache().policy();
    long ttlNanos = policy.jitteredTtlNanos(rule, tracking != null);
    long ownNanos = leftMillis >= 0 ? TimeUnit.MILLISECONDS.toNanos(leftMillis) : Long.MAX_VALUE;
    long maxStaleNanos = rule.maxStaleNanos();
    long standIn = issuedNanos + Math.min(ownNanos, maxStaleNanos);
    boolean mayStandIn = maxStaleNanos > 0;
    if (ownNanos < ttlNanos) {
      long deadline = issuedNanos + ownNanos;
      return new Validity(issuedNanos, deadline, deadline, standIn, mayStandIn, era, tracking);
    }
    long took = filler.clock().nowNanos() - issuedNanos;
    long deadline = issuedNanos + ttlNanos;
    long refresh = deadline - CachePolicy.refreshNanos(ttlNanos, took);
    return new Validity(issuedNanos, deadline, refresh, standIn, mayStandIn, era, tracking);
  }

  /** Whether the reply that begins here is what the backend says now and for the time it said. */
  private boolean isBelieved(byte[] kept, int from) {
    byte type = kept[from];
    if (type == '-' || type == '!' || leftMillis == UNKNOWN_MILLIS) {
      return false;
    }
    boolean mayHaveCome = leftMillis == NO_KEY_MILLIS && tracking == null;
    return !mayHaveCome || isNil(kept, from) || isEmpty(kept, from);
  }

  private static boolean isNil(byte[] kept, int from) {
    byte type = kept[from];
    return type == '_' || ((type == '$' || type == '*') && kept[from + 1] == '-');
  }

  private static boolean isEmpty(byte[] kept, int from) {
    byte type = kept[from];
    return (type == '*' || type == '%' || type == '~') && kept[from + 1] == '0';
  }
}
