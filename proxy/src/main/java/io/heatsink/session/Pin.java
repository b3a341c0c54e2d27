package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.CommandSpec.Touches;
import io.heatsink.command.Handling;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.counter.SplitPolicy;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Links;
import io.heatsink.upstream.Pipe;
import io.heatsink.upstream.Pipes;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A session's own connection, for as long as its commands need one. Confined to its event loop. */
final class Pin {

  /*
   * It is taken when all earlier requests are answered and given back when all of its own are, so
   * that a client's requests never run out of order on two connections. While it is held, nothing
   * is answered locally.
   *
   *   transaction   WATCH or MULTI … EXEC or DISCARD    then clean, kept for the next session
   *   alone         what may block or run for long, and what is sent behind it      then clean
   *   sticky        SUBSCRIBE, MONITOR, CLIENT TRACKING …  until the client leaves, then closed
   *
   * A sticky connection sends frames that answer no command; any frame of it while no command
   * waits is one of them.
   */

  private static final byte[] MULTI = Replies.request("MULTI");

  private final Session session;
  private final LaneContext lane;
  private final Transaction transaction;
  private final Subscriptions subscriptions;
  private final Tracking tracking;
  private final Heard heard;
  private final Changes changes;
  private @Nullable Pipe pipe;
  private boolean sticky;
  private int database = -1;
  private @Nullable String user;
  private boolean movesDatabase;
  private boolean releasing;
  private boolean spoilt;
  private Pipes.@Nullable Waiter waiter;
  private boolean isRefused;

  Pin(Session session, LaneContext lane) {
    this.session = session;
    this.lane = lane;
    this.transaction = new Transaction(session, lane.router(), this::releaseIfIdle);
    this.subscriptions = new Subscriptions(session, lane);
    this.tracking = new Tracking(session, this);
    this.heard = new Heard(session, this);
    this.changes = new Changes(session, this);
  }

  boolean isActive() {
    return pipe != null;
  }

  /** Whether a command may be another's business than the shared connection's. */
  boolean judges() {
    return pipe != null || subscriptions.isBarred();
  }

  @Nullable Pipe pipe() {
    return pipe;
  }

  Transaction transaction() {
    return transaction;
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  /** A command that may need a connection of its own, while the session has none. */
  boolean begin(Request request, CommandSpec spec) {
    boolean needed = spec.handling() != Handling.MAYBE_BLOCKING || request.has(1, "block");
    if (!spec.accepts(request) || !needed || spec == CommandSpec.UNKNOWN) {
      return session.route(request, spec);
    }
    return alone(request, spec);
  }

  /** A command that must not hold up those of others, while the session has no connection. */
  boolean alone(Request request, CommandSpec spec) {
    if (!session.isDrained()) {
      return false;
    }
    if (WaitForAll.isMeant(spec, lane.pipes())) {
      return WaitForAll.begin(session, lane, request);
    }
    if (ShardChannels.isMeant(spec, lane.pipes())) {
      return subscriptions.shardChannels().handle(request, spec);
    }
    SplitPolicy policy = lane.router().splitPolicy(request, spec);
    if (policy != null) {
      session.answer(lane.router().refused(spec, policy));
      return true;
    }
    return take(request, spec) ? handle(request, spec) : !session.isHeldUp();
  }

  /**
   * Takes a connection; false where there is none: the client is told so, or waits for one and its
   * request is to be seen again.
   */
  private boolean take(@Nullable Request request, @Nullable CommandSpec spec) {
    if (adopt(request, spec)) {
      return true;
    }
    if (isRefused) {
      session.answer(lane.pipes().exhausted());
      return false;
    }
    whenFree(free -> isRefused = !free);
    return false;
  }

  /** Waits until there is a connection, or there was none for too long. */
  void whenFree(Consumer<Boolean> told) {
    session.await(Waits.PINNING);
    waiter =
        lane.pipes()
            .whenFree(
                free -> {
                  waiter = null;
                  told.accept(free);
                  if (waiter == null) {
                    session.resume(Waits.PINNING);
                  }
                  isRefused = false;
                });
  }

  /** As {@link #take}, but where there is none nobody waits or is told. */
  boolean adopt(@Nullable Request request, @Nullable CommandSpec spec) {
    Pipe taken = lane.pipes().pin(session.pipe().key(), request, spec);
    if (taken == null) {
      return false;
    }
    clear();
    pipe = taken;
    taken.owner(heard);
    taken.reading(session.isTaking());
    taken.identity().name(session.clients().name());
    return true;
  }

  /** Has the session own a connection; false if it must wait, or was told that there is none. */
  boolean own() {
    return pipe != null || (session.isDrained() && take(null, null));
  }

  /** The same, for this request: a connection that does not lead where it has to go is no use. */
  boolean own(Request request, CommandSpec spec) {
    Pipe own = pipe;
    if (own != null && releasing && !lane.pipes().serves(own, request, spec)) {
      if (!session.isDrained()) {
        return false;
      }
      release();
    }
    return pipe != null || (session.isDrained() && take(request, spec));
  }

  Tracking tracking() {
    return tracking;
  }

  /** The connection, if frames may come on it that answer no command; else null. */
  @Nullable Pipe pushing() {
    return sticky ? pipe : null;
  }

  /** The database that the client selected on this connection, or -1. */
  int database() {
    return database;
  }

  /** The user that the client became on this connection, or null. */
  @Nullable String user() {
    return user;
  }

  /** CLIENT SETNAME: the backend knows the connection by the client's name. */
  void rename(Request request, Runnable agreed) {
    Pipe own = Objects.requireNonNull(pipe);
    Runnable named =
        () -> {
          agreed.run();
          own.identity().named(session.clients().name());
        };
    own.send(request, Tracking.agreed(named, session.reserve()));
  }

  /** Has the connection stay with the session until it leaves. */
  void stick() {
    sticky = true;
    releasing = false;
  }

  /** Has the connection closed when the session no longer needs it. */
  void spoil() {
    spoilt = true;
  }

  /** A command while the session has its own connection, or listens on some. */
  boolean handle(Request request, CommandSpec spec) {
    Handling handling = spec.handling();
    if (subscriptions.isBarred() && subscriptions.shardChannels().answers(request, spec)) {
      return true;
    }
    if (pipe == null) {
      boolean isEnd = handling == Handling.QUIT || handling == Handling.RESET;
      return isEnd ? session.handleConnection(request, spec) : begin(request, spec);
    }
    boolean mayBeElsewhere = spec.accepts(request) && !transaction.isOpen();
    if (mayBeElsewhere && ShardChannels.isMeant(spec, lane.pipes())) {
      return alone(request, spec);
    }
    return handleHere(request, spec);
  }

  private boolean handleHere(Request request, CommandSpec spec) {
    Handling handling = spec.handling();
    if (releasing
        && (session.queue().isEmpty()
            || handling.changesConnection()
            || !lane.pipes().serves(Objects.requireNonNull(pipe), request, spec))) {
      if (!session.isDrained()) {
        return false;
      }
      release();
      return session.handle(request);
    }
    Links links = lane.pipes();
    if (links.isSpread() && !links.serves(Objects.requireNonNull(pipe), request, spec)) {
      if (transaction.isOpen() && transaction.queued() == 0 && !transaction.isWatching()) {
        // Its first command tells where a transaction belongs.
        if (!session.isDrained()) {
          return false;
        }
        moveTransaction(request, spec);
      } else if (sticky && !transaction.isHeld() && Elsewhere.takes(session, request, spec)) {
        return true;
      }
    }
    boolean isAlone = sticky && !transaction.isHeld() && session.isResp3();
    if (isAlone && spec.accepts(request) && WaitForAll.isMeant(spec, links)) {
      return WaitForAll.begin(session, lane, request);
    }
    Pipe own = Objects.requireNonNull(pipe);
    if (own.isFull()) {
      session.await(Waits.UPSTREAM_FULL);
      own.whenRoom(() -> session.resume(Waits.UPSTREAM_FULL));
      return false;
    }
    if (handling == Handling.QUIT || (handling == Handling.RESET && spec.accepts(request))) {
      return session.handleConnection(request, spec);
    }
    if (handling == Handling.CLIENT || handling == Handling.HEATSINK) {
      if (subscriptions.isListening() && !session.isDrained()) {
        // Who is to answer depends on what is subscribed to by then.
        return false;
      }
      if (isLocal()) {
        return session.handleConnection(request, spec);
      }
    }
    SplitPolicy policy = lane.router().splitPolicy(request, spec);
    if (policy != null) {
      transaction.refuse(own, lane.router().refused(spec, policy));
      return true;
    }
    send(own, request, spec);
    return true;
  }

  private void moveTransaction(Request request, CommandSpec spec) {
    Pipe there = move(request, spec, false);
    if (there != null) {
      there.send(MULTI, ReplySlot.NOBODY);
    }
  }

  /** Takes another connection, one that leads where this request has to go; null: none is free. */
  @Nullable Pipe move(Request request, CommandSpec spec, boolean isClean) {
    Pipe here = pipe;
    Pipe there = here == null ? null : lane.pipes().pin(session.pipe().key(), request, spec);
    if (here != null && there != null) {
      here.owner(null);
      lane.pipes().unpin(here, isClean);
      pipe = there;
      there.owner(heard);
      there.reading(session.isTaking());
      there.identity().name(session.clients().name());
    }
    return there;
  }

  private boolean isLocal() {
    return !transaction.isOpen() && (!subscriptions.isSubscribed() || session.isResp3());
  }

  /** Whether the selected database may be another than the session's. */
  boolean movesDatabase() {
    return movesDatabase;
  }

  /** Takes from the backend only what the client takes. */
  void reading(boolean on) {
    subscriptions.reading(on);
    Pipe own = pipe;
    if (own != null) {
      own.reading(on);
    }
  }

  private void send(Pipe own, Request request, CommandSpec spec) {
    if (!spec.accepts(request)) {
      own.send(request, session.reserve());
      releaseIfIdle();
      return;
    }
    switch (spec.handling()) {
      case SUBSCRIBE -> subscribe(own, request);
      case MONITOR -> {
        stick();
        subscriptions.monitor();
        own.send(request, session.reserve());
      }
      case EXEC, DISCARD -> {
        if (transaction.isOpen()) {
          own.send(
              request,
              ClusterErrors.in(lane.pipes(), transaction.end(session.reserve(), spec), false));
          releaseIfIdle();
        } else {
          ordinary(own, request, spec);
        }
      }
      case HELLO -> changes.hello(own, request);
      case AUTH -> {
        String name = request.argc() == 3 ? request.text(1) : "default";
        changes.make(own, request, () -> user = name);
      }
      case SELECT -> {
        int selected = request.isLong(1) ? (int) request.asLong(1) : -1;
        movesDatabase = true;
        changes.make(own, request, () -> database = selected);
      }
      case REPLICATION -> replicate(own, request, spec);
      case CLIENT -> client(own, request, spec);
      default -> ordinary(own, request, spec);
    }
  }

  private void ordinary(Pipe own, Request request, CommandSpec spec) {
    Handling handling = spec.handling();
    Place place = session.reserve();
    ReplySlot slot = spec.name().equals("shutdown") ? LastReply.in(session, place) : place;
    Touches touches = guard(place, request, spec);
    boolean runsAtOnce = handling == Handling.MULTI || handling == Handling.WATCH;
    if (transaction.isOpen() && !runsAtOnce) {
      transaction.queue(request, touches);
    }
    switch (handling) {
      case MULTI -> slot = transaction.multi(place);
      case WATCH -> transaction.watch();
      case UNWATCH -> transaction.unwatch();
      case STICKY -> stick();
      // Queued in a transaction, it will change this connection and none other.
      case CLIENT -> stick();
      case BLOCKING -> slot = blocking(own, spec, slot);
      default -> {}
    }
    slot = ClusterErrors.in(lane.pipes(), slot, transaction.queued() > 1);
    boolean isAlone = handling == Handling.SCRIPT && !transaction.isHeld() && !sticky;
    own.send(request, isAlone ? Again.in(session, this, lane, request, slot) : slot);
    releaseIfIdle();
  }

  private ReplySlot blocking(Pipe own, CommandSpec spec, ReplySlot slot) {
    if (transaction.isOpen()) {
      return slot;
    }
    own.identity().ask();
    boolean waits = spec.name().startsWith("wait");
    return waits ? Mark.ahead(own, lane.pipes(), lane.isBeforeSeven2(), slot) : slot;
  }

  /** A command has been sent: the connection is given back with its reply, if nothing holds it. */
  void releaseIfIdle() {
    releasing = !transaction.isHeld() && !sticky;
  }

  private Touches guard(Place place, Request request, CommandSpec spec) {
    if (movesDatabase && spec.isWrite()) {
      lane.router().guardEverything(place);
      return Touches.EVERYTHING;
    }
    return lane.router().guard(session, place, request, spec);
  }

  private void subscribe(Pipe own, Request request) {
    stick();
    if (transaction.isOpen() && request.argc() == 2) {
      transaction.queue(subscriptions.queued(request));
    } else if (transaction.isOpen()) {
      transaction.queue(request, Touches.NOTHING);
    } else {
      own.identity().ask();
    }
    if (subscriptions.isCounted()) {
      Place place = session.queue().reserve(false);
      own.send(request, subscriptions.confirmations(request, place, session.isSilent()));
    } else if (transaction.isOpen()) {
      own.send(request, session.reserve());
    } else {
      own.pass(request.buffer(), request.start(), request.length());
    }
  }

  /** Of which the backend would tell its own: in a transaction, or to a subscriber. */
  private void client(Pipe own, Request request, CommandSpec spec) {
    Supplier<byte[]> answer = session.clients().answer(spec);
    if (!transaction.isOpen()) {
      ordinary(own, request, spec);
    } else if (answer != null) {
      own.send(request, transaction.queue(answer, session.reserve()));
    } else if (spec.name().equals("client|setname")) {
      byte[] name = request.bytes(2);
      changes.make(
          own,
          request,
          () -> {
            session.clients().greeted(name);
            own.identity().named(session.clients().name());
          });
    } else {
      ordinary(own, request, spec);
    }
  }

  /** From SYNC or PSYNC on the backend's bytes are no replies and pass as they are. */
  private void replicate(Pipe own, Request request, CommandSpec spec) {
    boolean begins = !spec.name().equals("replconf") && !own.isTunnel();
    stick();
    if (begins) {
      subscriptions.listen();
      own.tunnel();
    }
    if (own.isTunnel()) {
      own.pass(request.buffer(), request.start(), request.length());
    } else {
      own.send(request, session.reserve());
    }
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
      own.reading(true);
      boolean clean = transaction.isClean() && !spoilt && !session.isPassing();
      clear();
      lane.pipes().unpin(own, clean);
    }
  }

  private void clear() {
    transaction.clear();
    subscriptions.clear();
    sticky = false;
    database = -1;
    user = null;
    tracking.clear();
    movesDatabase = false;
    releasing = false;
    spoilt = false;
  }

  /** The session leaves, or begins anew: the connection is closed, which undoes all it holds. */
  void abandon() {
    if (waiter != null) {
      lane.pipes().forget(waiter);
    }
    subscriptions.abandon();
    spoil();
    release();
  }
}
