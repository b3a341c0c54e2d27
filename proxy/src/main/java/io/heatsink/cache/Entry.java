package io.heatsink.cache;

import io.heatsink.command.Client;
import io.heatsink.command.Tracking;
import io.heatsink.resp.Bytes;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One answer kept: what was asked, by whom, and the encoded reply. Thread-safe: all but its state
 * is immutable.
 *
 * <p>It is new until it has been stored and no change has come meanwhile, live until a change, and
 * dropped for good after that. See {@link NearCache}.
 */
public final class Entry {

  /** GET's: its answer is the same in every protocol, and what was asked is the key alone. */
  static final int ANY_PROTOCOL = 0;

  /** Objects, table node and policy links of one entry, beside its bytes; see CacheMemoryIT. */
  private static final int OVERHEAD_BYTES = 232;

  private static final int NEW = 0;
  private static final int LIVE = 1;
  private static final int DROPPED = 2;
  private static final VarHandle STATE = field("state", int.class);
  private static final VarHandle REFRESHED = field("refreshed", boolean.class);
  private static final VarHandle HOLDS = field("holds", int.class);

  /** What was asked, then the reply, none standing for nil: one array is one memory access. */
  private final byte[] bytes;

  private final int asked;
  private final int database;
  private final int user;
  private final int protocol;
  private final long issuedNanos;
  private final long deadlineNanos;
  private final long refreshNanos;
  private final long standInNanos;
  private final boolean mayStandIn;
  private final long era;
  private final @Nullable Tracking tracking;
  private volatile int state = NEW;
  private volatile boolean refreshed;

  /** How often it waits for news, see {@link #hold}. */
  private volatile int holds;

  /** Another answer of the same key; set only while the map has that key locked. */
  private @Nullable Entry older;

  /**
   * Who may be answered.
   *
   * @param database where the key lives
   * @param user whose rights it was read with
   * @param protocol 2, 3 or {@link #ANY_PROTOCOL}
   */
  record Asker(int database, int user, int protocol) {}

  /**
   * When an answer was asked for, and until when it may be served.
   *
   * @param issuedNanos when it was asked for
   * @param deadlineNanos when it has become too old
   * @param refreshNanos from when on it should be asked for anew
   * @param standInNanos until when it may be served while the backend cannot be reached
   * @param mayStandIn whether it may at all
   * @param era the guard's, when it was asked for
   * @param tracking the promise it was read under, or null
   */
  record Validity(
      long issuedNanos,
      long deadlineNanos,
      long refreshNanos,
      long standInNanos,
      boolean mayStandIn,
      long era,
      @Nullable Tracking tracking) {}

  /**
   * A new answer.
   *
   * @param bytes what was asked, then the encoded reply, if that is not nil
   * @param asked how many of them were asked
   */
  Entry(byte[] bytes, int asked, Asker asker, Validity validity) {
    this.bytes = bytes;
    this.asked = asked;
    this.database = asker.database();
    this.user = asker.user();
    this.protocol = asker.protocol();
    this.issuedNanos = validity.issuedNanos();
    this.deadlineNanos = validity.deadlineNanos();
    this.refreshNanos = validity.refreshNanos();
    this.standInNanos = validity.standInNanos();
    this.mayStandIn = validity.mayStandIn();
    this.era = validity.era();
    this.tracking = validity.tracking();
  }

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(Entry.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  int weightBytes() {
    return OVERHEAD_BYTES + bytes.length;
  }

  /** From now on it may be served, unless it has been dropped. Answers whether it may. */
  boolean goLive() {
    return STATE.compareAndSet(this, NEW, LIVE);
  }

  /** The guard's era when it was asked for. */
  long era() {
    return era;
  }

  /** How long ago it was asked for, by a clock that may lag a little behind the asker's. */
  long ageNanos(long nowNanos) {
    return Math.max(0, nowNanos - issuedNanos);
  }

  /** Nobody may be answered with it any more. */
  void drop() {
    state = DROPPED;
  }

  /** Whether it was dropped. */
  boolean isDropped() {
    return state == DROPPED;
  }

  /** Whether it may be served at this time and in this era. */
  boolean isLive(long nowNanos, long nowEra) {
    return state == LIVE
        && holds == 0
        && era == nowEra
        && nowNanos - deadlineNanos < 0
        && (tracking == null || !tracking.isLost());
  }

  /**
   * Whether it may be served at this time and in this era while the backend cannot be reached,
   * though it has become too old or the backend no longer tells of changes.
   */
  boolean isStandIn(long nowNanos, long nowEra) {
    return mayStandIn
        && state == LIVE
        && holds == 0
        && era == nowEra
        && nowNanos - standInNanos < 0;
  }

  /** Whether its key's rule lets it be served while the backend cannot be reached. */
  boolean mayStandIn() {
    return mayStandIn;
  }

  /**
   * Has nobody answered with it until the news of all changes up to now has come: somebody is about
   * to see the key as it is now, and must not see it as it was before.
   */
  void hold() {
    Tracking promise = tracking;
    if (promise != null && state != DROPPED && !promise.isLost()) {
      int unused = (int) HOLDS.getAndAdd(this, 1);
      promise.whenTold(this::release);
    }
  }

  /** Somebody is about to see the key as it is now; where no news of changes comes, it is over. */
  void overtake() {
    Tracking promise = tracking;
    if (promise != null && promise.isLost()) {
      drop();
    } else {
      hold();
    }
  }

  private void release() {
    int unused = (int) HOLDS.getAndAdd(this, -1);
  }

  /** Whether it is nearly too old, and the caller is the first and only one to be told so. */
  public boolean isToBeRefreshed(long nowNanos) {
    return nowNanos - refreshNanos >= 0 && !refreshed && REFRESHED.compareAndSet(this, false, true);
  }

  /** The next answer of the same key, or null. */
  @Nullable Entry older() {
    return older;
  }

  /** Has another answer of the same key follow this one; the map has that key locked. */
  void older(@Nullable Entry entry) {
    older = entry;
  }

  /** Whether it answers what is asked by these bytes. */
  boolean answers(ByteBuf from, int index, int length, int ofDatabase, int ofUser, int ofProtocol) {
    return asked == length
        && database == ofDatabase
        && user == ofUser
        && protocol == ofProtocol
        && Bytes.equal(from, index, bytes, length);
  }

  /** Whether it answers GET of this word of a request. */
  boolean answers(Request request, int word, int ofDatabase, int ofUser) {
    return answers(
        request.buffer(),
        request.offset(word),
        request.length(word),
        ofDatabase,
        ofUser,
        ANY_PROTOCOL);
  }

  /** Whether it answers this client's request, which is no GET. */
  boolean answers(Request request, Client client) {
    return answers(
        request.buffer(),
        request.start(),
        request.length(),
        client.database(),
        client.user(),
        client.isResp3() ? 3 : 2);
  }

  /** Whether it was read for clients like this one. */
  boolean isFor(Client client) {
    return database == client.database()
        && user == client.user()
        && (protocol == ANY_PROTOCOL || protocol == (client.isResp3() ? 3 : 2));
  }

  /** Whether both answer the same. */
  boolean isSameAs(Entry other) {
    return asked == other.asked
        && database == other.database
        && user == other.user
        && protocol == other.protocol
        && Arrays.equals(bytes, 0, asked, other.bytes, 0, asked);
  }

  /** Whether it answers this read, whoever asks, and as this reply does. */
  boolean says(Fill.Read read, ByteBuf reply, int index, int length) {
    return protocol == read.protocol()
        && asked == read.asked().length
        && Arrays.equals(bytes, 0, asked, read.asked(), 0, asked)
        && isReply(reply, index, length);
  }

  /** Whether the reply is the same, byte for byte. */
  boolean saysTheSame(Entry other) {
    return Arrays.equals(bytes, asked, bytes.length, other.bytes, other.asked, other.bytes.length);
  }

  /** Answers a client of the protocol that it was found for. */
  public void answer(Client client) {
    if (bytes.length == asked) {
      client.answer(nil(client.isResp3()));
    } else {
      client.answer(bytes, asked, bytes.length - asked);
    }
  }

  /** Writes the reply. */
  public void writeTo(ByteBuf out, boolean resp3) {
    if (bytes.length == asked) {
      out.writeBytes(nil(resp3));
    } else {
      out.writeBytes(bytes, asked, bytes.length - asked);
    }
  }

  /** Bytes of the reply. */
  public int replyBytes(boolean resp3) {
    return bytes.length == asked ? nil(resp3).length : bytes.length - asked;
  }

  /** Whether its reply has these bytes from {@code offset} on. */
  boolean hasAt(int offset, ByteBuf from, int index, int length, boolean resp3) {
    boolean isNil = bytes.length == asked;
    byte[] reply = isNil ? nil(resp3) : bytes;
    int at = isNil ? offset : asked + offset;
    return length <= reply.length - at
        && ByteBufUtil.equals(from, index, Unpooled.wrappedBuffer(reply), at, length);
  }

  /** Whether the reply that lies here says the same, in whichever protocol. */
  boolean isReply(ByteBuf from, int index, int length) {
    boolean isNil = from.getByte(index) == '_' || from.getByte(index + 1) == '-';
    if (isNil || bytes.length == asked) {
      return isNil && bytes.length == asked;
    }
    ByteBuf own = Unpooled.wrappedBuffer(bytes, asked, bytes.length - asked);
    return own.equals(from.slice(index, length));
  }

  private static byte[] nil(boolean resp3) {
    return resp3 ? Replies.NIL3 : Replies.NIL2;
  }
}
