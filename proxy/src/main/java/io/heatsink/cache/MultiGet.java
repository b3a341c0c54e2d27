package io.heatsink.cache;

import io.heatsink.command.Client;
import io.heatsink.command.Looks;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** MGET, answered from the kept answers of GET. Confined to its event loop. */
public final class MultiGet {

  /*
   * All or nothing: an MGET of which one value is missing travels whole, so that what the backend
   * answers is one moment's. If every key of it is read so often that it is worth keeping, the
   * missing ones are fetched besides.
   *
   * What it then brings may be newer than what is kept, as the news of a change may still be on its
   * way. A client that has seen it must not be answered with the older value by its next GET: so
   * values that differ from those kept end these.
   *
   * While the backend cannot be reached nothing is fetched, and old answers may stand in.
   *
   * A user who may GET may still be refused MGET: it is answered from here only after the backend
   * has answered one, in the same era.
   */

  private static final int MOST_KEYS = 1_024;
  private static final int MOST_USERS = 10_000;

  private final Filler filler;
  private final CacheReader reader;
  private long[] hashes = new long[16];
  private @Nullable Entry[] entries = new Entry[16];
  private boolean hasStandIns;

  /** The era in which each user was last seen to be let MGET. */
  private long[] permitted = new long[0];

  public MultiGet(Filler filler) {
    this.filler = filler;
    this.reader = filler.reader();
  }

  /** The reply, or null if it has to travel; then {@link #checked} is to be called. */
  public byte @Nullable [] find(Client client, Request request) {
    int count = request.argc() - 1;
    if (count > MOST_KEYS || !isPermitted(client.user())) {
      return null;
    }
    if (count > hashes.length) {
      hashes = new long[count];
      entries = new Entry[count];
    }
    long now = filler.clock().nowNanos();
    boolean isDown = client.upstream().isDown();
    hasStandIns = false;
    int missing = 0;
    for (int i = 0; i < count; i++) {
      long hash = KeyHash.with(request.hash(i + 1), client.database());
      if (client.looks().of(hash) != Looks.NONE
          || !filler.policies().of(hash, request, i + 1).level().keeps()) {
        return null;
      }
      Entry entry = reader.find(hash, request, i + 1, client.database(), client.user(), now);
      if (entry == null && isDown && client.upstream().of(request.bytes(i + 1)).isDown()) {
        entry = reader.findStandIn(hash, request, i + 1, client, now);
        hasStandIns = true;
      }
      if (entry == null && (isDown || !reader.wants())) {
        return null;
      }
      hashes[i] = hash;
      entries[i] = entry;
      missing += entry == null ? 1 : 0;
    }
    byte[] reply = missing == 0 ? reply(client, count) : null;
    if (!isDown) {
      refresh(client, request, count, now);
    }
    Arrays.fill(entries, 0, count, null);
    return reply;
  }

  /** Whether the reply that {@link #find} has just found is made of answers that are too old. */
  public boolean hasStandIns() {
    return hasStandIns;
  }

  private byte[] reply(Client client, int count) {
    boolean resp3 = client.isResp3();
    byte[] head = Replies.ascii("*" + count + "\r\n");
    int size = head.length;
    for (int i = 0; i < count; i++) {
      size += found(i).replyBytes(resp3);
    }
    byte[] reply = new byte[size];
    ByteBuf out = Unpooled.wrappedBuffer(reply).writerIndex(0).writeBytes(head);
    for (int i = 0; i < count; i++) {
      found(i).writeTo(out, resp3);
    }
    return reply;
  }

  private Entry found(int i) {
    Entry entry = entries[i];
    if (entry == null) {
      throw new IllegalStateException("missing");
    }
    return entry;
  }

  private void refresh(Client client, Request request, int count, long now) {
    for (int i = 0; i < count; i++) {
      Entry entry = entries[i];
      if (entry == null || entry.isToBeRefreshed(now)) {
        filler.fetch(client, request.bytes(i + 1), hashes[i]);
      }
    }
  }

  /** Takes the reply of an MGET that travels, for {@code place}. */
  public ReplySlot checked(Client client, Request request, Place place) {
    boolean isPermitted = isPermitted(client.user());
    MultiGetReply checked = isPermitted ? null : new MultiGetReply(this, filler, client, place);
    for (int i = 1; i < request.argc(); i++) {
      long hash = KeyHash.with(request.hash(i), client.database());
      if (reader.isKnown(hash) || isReadOtherwise(hash)) {
        if (checked == null) {
          checked = new MultiGetReply(this, filler, client, place);
        }
        checked.compares(i - 1, request.bytes(i), hash);
        client.looks().at(hash, Looks.SEVERAL);
      }
    }
    return checked == null ? place : checked;
  }

  private boolean isReadOtherwise(long hash) {
    NearCache cache = filler.cache();
    return cache.isOutdatedByGets() && cache.hasAnswers(hash);
  }

  private boolean isPermitted(int user) {
    return user < permitted.length && permitted[user] == filler.guard().era();
  }

  /** The backend has answered this user, who asked in this era. */
  void permit(int user, long era) {
    if (user >= MOST_USERS) {
      return;
    }
    if (user >= permitted.length) {
      int before = permitted.length;
      permitted = Arrays.copyOf(permitted, user + 8);
      Arrays.fill(permitted, before, permitted.length, -1);
    }
    permitted[user] = era;
  }
}
