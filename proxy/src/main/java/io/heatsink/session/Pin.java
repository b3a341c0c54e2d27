package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.CommandSpec.Touches;
import io.heatsink.command.Handling;
import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.SplitPolicy;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Owner;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A session's own connection, for as long as its commands need one. Confined to its event loop. */
final class Pin implements Owner {

  /*
   * It is taken when all earlier requests are answered and given back when all of its own are, so
   * that a client's requests never run out of order on two connections. While it is held, nothing
   * is answered locally.
   *
   *   transaction   WATCH or MULTI … EXEC or DISCARD    then clean, kept for the next session
   *   blocking      one command, until its reply        then clean
   *   sticky        SUBSCRIBE, MONITOR, CLIENT TRACKING …  until the client leaves, then closed
   *
   * A sticky connection sends frames that answer no command. On RESP3 they are pushes; on RESP2
   * they are told by their first words, and any frame while no command waits is one of them.
   */

  private static final int MAX_KEYS = 4096;
  private static final byte[] PING = Replies.request("PING");
  private static final String[] PUBSUB = {
    "message",
    "pmessage",
    "smessage",
    "subscribe",
    "psubscribe",
    "ssubscribe",
    "unsubscribe",
    "punsubscribe",
    "sunsubscribe"
  };
  private static final byte[] NOT_QUEUED =
      Replies.request("HEATSINK.REFUSED", "split counter in a transaction");

  private final Session session;
  private final LaneContext lane;
  private @Nullable Pipe pipe;
  private boolean inMulti;
  private boolean watching;
  private boolean sticky;
  private boolean listening;
  private boolean monitoring;
  private boolean otherDatabase;
  private boolean ownsName;
  private boolean releasing;
  private boolean clean;
  private long[] written = new long[16];
  private int writtenCount;
  private boolean writtenEverything;

  Pin(Session session, LaneContext lane) {
    this.session = session;
    this.lane = lane;
  }

  boolean isActive() {
    return pipe != null;
  }

  @Nullable Pipe pipe() {
    return pipe;
  }

  /** A command that needs a connection of its own, while the session has none. */
  boolean begin(Request request, CommandSpec spec) {
    Handling handling = spec.handling();
    boolean blocks = handling != Handling.MAYBE_BLOCKING || request.has(1, "block");
    if (!spec.accepts(request) || !blocks) {
      return session.route(request, spec);
    }
    if (!session.isDrained()) {
      return false;
    }
    SplitPolicy policy = lane.router().splitPolicy(request, spec);
    if (policy != null) {
      session.answer(lane.router().refused(spec, policy));
      return true;
    }
    if (!take()) {
      return true;
    }
    return handle(request, spec);
  }

  /** Takes a connection; false, with the client told, where there is none. */
  boolean take() {
    Pipe taken = lane.pipes().pin(session.pipe().key());
    if (taken == null) {
      session.answer(lane.pipes().exhausted());
      return false;
    }
    clear();
    pipe = taken;
    taken.owner(this);
    taken.rename(session.name());
    return true;
  }

  /** Has the connection known to the backend by the client's name. */
  void rename(byte @Nullable [] name) {
    Pipe own = pipe;
    if (own != null) {
      own.rename(name);
    }
  }

  /** Has the connection stay with the session until it leaves. */
  void stick() {
    sticky = true;
    releasing = false;
  }

  /** A command while the session has its own connection. */
  boolean handle(Request request, CommandSpec spec) {
    if (releasing) {
      if (!session.isDrained()) {
        return false;
      }
      release();
      return session.handle(request);
    }
    Pipe own = Objects.requireNonNull(pipe);
    if (own.isFull()) {
      session.await(Session.UPSTREAM_FULL);
      own.whenRoom(() -> session.resume(Session.UPSTREAM_FULL));
      return false;
    }
    lane.stats().commands++;
    Handling handling = spec.handling();
    if (handling == Handling.QUIT || handling == Handling.RESET) {
      return session.handleConnection(request, spec);
    }
    if (handling == Handling.CLIENT && isLocal(spec)) {
      return session.handleConnection(request, spec);
    }
    SplitPolicy policy = lane.router().splitPolicy(request, spec);
    if (policy != null) {
      refuse(lane.router().refused(spec, policy));
      return true;
    }
    send(own, request, spec);
    return true;
  }

  private boolean isLocal(CommandSpec spec) {
    boolean isReply = spec.name().equals("client|reply");
    return !inMulti && (!ownsName || isReply) && (!listening || session.isResp3());
  }

  /** Sends a request as it came on this connection. */
  void forward(Request request) {
    Objects.requireNonNull(pipe).send(request, session.reserve());
  }

  private void send(Pipe own, Request request, CommandSpec spec) {
    Handling handling = spec.handling();
    if (!spec.accepts(request)) {
      own.send(request, session.reserve());
      releaseIfIdle();
      return;
    }
    switch (handling) {
      case SUBSCRIBE -> subscribe(own, request);
      case MONITOR -> {
        stick();
        listening = true;
        monitoring = true;
        own.send(request, session.reserve());
      }
      case EXEC, DISCARD -> {
        if (inMulti) {
          endTransaction(own, request, handling);
        } else {
          ordinary(own, request, spec);
        }
      }
      case HELLO -> hello(own, request);
      default -> ordinary(own, request, spec);
    }
  }

  private void ordinary(Pipe own, Request request, CommandSpec spec) {
    Place place = session.reserve();
    Touches touches = guard(place, request, spec);
    if (inMulti && touches != Touches.NOTHING) {
      remember(request, touches);
    }
    switch (spec.handling()) {
      case MULTI -> inMulti = true;
      case WATCH -> watching = true;
      case UNWATCH -> watching = inMulti && watching;
      case STICKY, AUTH -> stick();
      case CLIENT -> {
        // Queued in a transaction, it will change this connection and none other.
        stick();
        ownsName = true;
      }
      case SELECT -> {
        stick();
        otherDatabase = true;
      }
      case BLOCKING -> {
        if (!inMulti && spec.name().startsWith("wait")) {
          // WAIT counts from its connection's last command, so it needs one after the writes.
          own.send(PING, WholeReply.ignored());
        }
      }
      default -> {}
    }
    own.send(request, place);
    releaseIfIdle();
  }

  private void releaseIfIdle() {
    if (!inMulti && !watching && !sticky) {
      releasing = true;
    }
  }

  private Touches guard(Place place, Request request, CommandSpec spec) {
    if (otherDatabase && spec.isWrite()) {
      lane.router().guardEverything(place);
      return Touches.EVERYTHING;
    }
    return lane.router().guard(session, place, request, spec);
  }

  /** What EXEC will write. */
  private void remember(Request request, Touches touches) {
    if (touches == Touches.EVERYTHING) {
      writtenEverything = true;
      return;
    }
    long[] keys = lane.router().guardedKeys(session, request);
    if (writtenCount + keys.length > MAX_KEYS) {
      writtenEverything = true;
      return;
    }
    if (writtenCount + keys.length > written.length) {
      written = Arrays.copyOf(written, Math.max(written.length * 2, writtenCount + keys.length));
    }
    System.arraycopy(keys, 0, written, writtenCount, keys.length);
    writtenCount += keys.length;
  }

  private void endTransaction(Pipe own, Request request, Handling handling) {
    Place place = session.reserve();
    if (handling == Handling.EXEC && writtenEverything) {
      lane.router().guardEverything(place);
    } else if (handling == Handling.EXEC) {
      lane.router().guard(place, Arrays.copyOf(written, writtenCount));
    }
    writtenCount = 0;
    writtenEverything = false;
    inMulti = false;
    watching = false;
    clean = false;
    own.send(request, new TransactionEnd(place));
    releaseIfIdle();
  }

  /** Passes EXEC's reply on, and sees whether it left the connection clean. */
  private final class TransactionEnd implements io.heatsink.command.ReplySlot {
    private final Place place;
    private boolean begun;

    TransactionEnd(Place place) {
      this.place = place;
    }

    @Override
    public void part(ByteBuf bytes, int index, int length, boolean last) {
      if (!begun) {
        begun = true;
        boolean error = bytes.getByte(index) == '-';
        clean = !error || startsWith(bytes, index + 1, length - 1, "EXECABORT");
      }
      place.part(bytes, index, length, last);
    }

    @Override
    public void fail(byte[] error) {
      place.fail(error);
    }
  }

  private void subscribe(Pipe own, Request request) {
    stick();
    listening = true;
    if (inMulti) {
      own.send(request, session.reserve());
    } else {
      own.sendUnanswered(request);
    }
  }

  /** Redis switches the protocol of this very connection. */
  private void hello(Pipe own, Request request) {
    stick();
    boolean switches = request.argc() > 1 && request.isLong(1);
    boolean resp3 = switches && request.asLong(1) == 3;
    Place place = session.reserve();
    own.send(
        request,
        WholeReply.then(
            reply -> {
              if (switches && !reply.isError()) {
                session.resp3(resp3);
              }
              reply.settle(place);
            }));
  }

  /** A command that we refuse inside a transaction spoils it, as it would in Redis. */
  private void refuse(byte[] error) {
    if (!inMulti) {
      session.answer(error);
      return;
    }
    Place place = session.reserve();
    Objects.requireNonNull(pipe)
        .send(
            NOT_QUEUED,
            WholeReply.then(
                reply -> {
                  if (reply.isFailed()) {
                    reply.settle(place);
                  } else {
                    place.complete(error);
                  }
                }));
  }

  /** All of the session's requests are answered. */
  void drained() {
    if (releasing) {
      release();
    }
  }

  private void release() {
    Pipe own = pipe;
    if (own != null) {
      pipe = null;
      own.owner(null);
      lane.pipes().unpin(own, clean);
    }
    clear();
  }

  private void clear() {
    inMulti = false;
    watching = false;
    sticky = false;
    listening = false;
    monitoring = false;
    otherDatabase = false;
    ownsName = false;
    releasing = false;
    clean = true;
    writtenCount = 0;
    writtenEverything = false;
  }

  /** The session leaves, or begins anew: the connection is closed, which undoes all it holds. */
  void abandon() {
    clean = false;
    release();
  }

  @Override
  public boolean isListening() {
    return listening;
  }

  @Override
  public boolean claims(ByteBuf bytes, int index, int length) {
    Pipe own = pipe;
    if (own == null || own.isIdle()) {
      return true;
    }
    byte type = bytes.getByte(index);
    if (monitoring && type == '+' && length > 1) {
      byte first = bytes.getByte(index + 1);
      return first >= '0' && first <= '9';
    }
    return type == '*' && !session.isResp3() && isPublished(bytes, index, length);
  }

  /** Whether the first word of an array is one of pub/sub's. */
  private static boolean isPublished(ByteBuf bytes, int index, int length) {
    int limit = index + length;
    int word = bytes.indexOf(index, limit, (byte) '\n') + 1;
    if (word == 0 || word >= limit || bytes.getByte(word) != '$') {
      return false;
    }
    int text = bytes.indexOf(word, limit, (byte) '\n') + 1;
    for (String name : PUBSUB) {
      if (text > 0 && startsWith(bytes, text, limit - text, name + "\r")) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsWith(ByteBuf bytes, int index, int length, String text) {
    if (length < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes.getByte(index + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void outOfBand(ByteBuf bytes, int index, int length, boolean last) {
    session.queue().append(bytes, index, length);
  }

  @Override
  public void lost(boolean wasReady) {
    if (!wasReady) {
      abandon();
      return;
    }
    // What the connection knew of the client (a transaction, subscriptions) is lost with it, and
    // the client must learn of that as it would from Redis.
    session.closeAfterReplies();
  }
}
