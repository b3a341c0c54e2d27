package io.heatsink.cache;

import io.heatsink.command.Tracking;
import io.heatsink.resp.Bytes;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One answer kept. Thread-safe: all but its state is immutable.
 *
 * <p>It is new until it has been stored and no change has come meanwhile, live until a change, and
 * dropped for good after that. See {@link NearCache}.
 */
public final class Entry {

  /** Objects, table node and policy links of one entry, beside its bytes; see CacheMemoryIT. */
  private static final int OVERHEAD_BYTES = 212;

  private static final int NEW = 0;
  private static final int LIVE = 1;
  private static final int DROPPED = 2;
  private static final VarHandle STATE = state();

  private final byte[] key;
  private final int database;
  private final int user;
  private final byte @Nullable [] reply;
  private final long deadlineNanos;
  private final long era;
  private final @Nullable Tracking tracking;
  private volatile int state = NEW;

  /**
   * Until when an answer may be served.
   *
   * @param deadlineNanos when it has become too old
   * @param era the guard's, when it was asked for
   * @param tracking the promise it was read under, or null
   */
  record Validity(long deadlineNanos, long era, @Nullable Tracking tracking) {}

  /**
   * A new answer.
   *
   * @param key the key's bytes
   * @param database where it lives
   * @param user whose rights it was read with
   * @param reply the encoded reply, or null for a key that does not exist
   */
  Entry(byte[] key, int database, int user, byte @Nullable [] reply, Validity validity) {
    this.key = key;
    this.database = database;
    this.user = user;
    this.reply = reply;
    this.deadlineNanos = validity.deadlineNanos();
    this.era = validity.era();
    this.tracking = validity.tracking();
  }

  private static VarHandle state() {
    try {
      return MethodHandles.lookup().findVarHandle(Entry.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  int weightBytes() {
    return OVERHEAD_BYTES + key.length + (reply == null ? 0 : reply.length);
  }

  /** From now on it may be served, unless it has been dropped. Answers whether it may. */
  boolean goLive() {
    return STATE.compareAndSet(this, NEW, LIVE);
  }

  /** The guard's era when it was asked for. */
  long era() {
    return era;
  }

  /** Nobody may be answered with it any more. */
  void drop() {
    state = DROPPED;
  }

  /** Whether {@link #drop} was called. */
  boolean isDropped() {
    return state == DROPPED;
  }

  /** Whether it may be served at this time and in this era. */
  boolean isLive(long nowNanos, long nowEra) {
    return state == LIVE
        && era == nowEra
        && nowNanos - deadlineNanos < 0
        && (tracking == null || !tracking.isLost());
  }

  /** Whether it answers this word of a request from this user and database. */
  boolean answers(Request request, int word, int fromDatabase, int fromUser) {
    return database == fromDatabase
        && user == fromUser
        && key.length == request.length(word)
        && Bytes.equal(request.buffer(), request.offset(word), key, key.length);
  }

  /** The reply in the client's protocol. */
  public byte[] reply(boolean resp3) {
    byte[] found = reply;
    if (found != null) {
      return found;
    }
    return resp3 ? Replies.NIL3 : Replies.NIL2;
  }
}
