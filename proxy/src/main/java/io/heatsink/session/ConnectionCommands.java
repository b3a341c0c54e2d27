package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Credentials;
import io.heatsink.upstream.Link;
import io.heatsink.upstream.Pipe;
import io.heatsink.upstream.PipeKey;
import io.heatsink.upstream.Pipes;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Commands about the connection itself: HELLO, AUTH, SELECT, CLIENT, QUIT, RESET. Confined to its
 * event loop.
 */
final class ConnectionCommands {

  /*
   * The backend judges every login and every database: the session moves to a pipe of that user,
   * database and protocol only after the backend has said yes on that very pipe. Until then no
   * further request is looked at.
   */

  private static final byte[] TOO_MANY =
      Replies.error(
          "ERR Heatsink: too many users and databases are in use ("
              + Pipes.MAX_SHARED
              + " a lane)");

  /** A command that tells how HELLO is read. */
  private static final String SINCE_7_2 = "client|setinfo";

  private enum Reply {
    ON,
    OFF,
    SKIP_NEXT,
    SKIP_THIS
  }

  private final Session session;
  private final LaneContext lane;
  private final ClientCommands clients;
  private final OwnCommands own;
  private Reply replies = Reply.ON;

  ConnectionCommands(Session session, LaneContext lane) {
    this.session = session;
    this.lane = lane;
    this.clients = new ClientCommands(session, lane);
    this.own = new OwnCommands(session, lane);
  }

  /** What the client said of itself. */
  ClientCommands clients() {
    return clients;
  }

  /** Whether the reply of the command at hand is not wanted (CLIENT REPLY). */
  boolean isSilent() {
    return replies == Reply.OFF || replies == Reply.SKIP_THIS;
  }

  /** CLIENT REPLY SKIP is over after one command, however often that had to wait. */
  void commandBegins(boolean isSeenAgain) {
    if (isSeenAgain) {
      return;
    }
    if (replies == Reply.SKIP_NEXT) {
      replies = Reply.SKIP_THIS;
    } else if (replies == Reply.SKIP_THIS) {
      replies = Reply.ON;
    }
  }

  boolean handle(Request request, CommandSpec spec) {
    return switch (spec.handling()) {
      case HELLO -> hello(request);
      case AUTH -> auth(request);
      case SELECT -> select(request);
      case CLIENT -> client(request, spec);
      case RESET -> reset(request, spec);
      case INFO -> own.info(request) || session.route(request, spec);
      case HEATSINK -> own.heatsink(request);
      case HOTKEYS -> own.hotKeyPeriods(request);
      case QUIT -> quit(request);
      default -> {
        session.close();
        yield true;
      }
    };
  }

  private boolean hello(Request request) {
    boolean known = request.argc() > 1 && request.isLong(1);
    long version = known ? request.asLong(1) : 0;
    if (version != 2 && version != 3) {
      return session.send(request);
    }
    if (!session.isDrained()) {
      return false;
    }
    boolean inTurn = !lane.commands().get().knows(SINCE_7_2);
    new Greeting(session, this, request, inTurn).from(2);
    return true;
  }

  private boolean auth(Request request) {
    int argc = request.argc();
    if (argc != 2 && argc != 3) {
      return session.send(request);
    }
    if (!session.isDrained()) {
      return false;
    }
    String user = argc == 3 ? secret(request, 1) : null;
    Credentials credentials = new Credentials(user, secret(request, argc - 1));
    move(session.pipe().key().with(credentials), request.encoded());
    return true;
  }

  /** Passwords travel as text and come out as the bytes that came in. */
  private static String secret(Request request, int word) {
    return new String(request.bytes(word), StandardCharsets.UTF_8);
  }

  private boolean select(Request request) {
    if (request.argc() != 2 || !request.isLong(1)) {
      return session.send(request);
    }
    long database = request.asLong(1);
    boolean isOutOfRange = database < 0 || database > Integer.MAX_VALUE;
    if (database == session.database() || isOutOfRange) {
      return session.send(request);
    }
    if (!session.isDrained()) {
      return false;
    }
    PipeKey key = session.pipe().key().with((int) database);
    move(key, request.encoded());
    return true;
  }

  private void move(PipeKey key, byte[] command) {
    Place place = session.reserve();
    move(
        key,
        command,
        place,
        reply -> {
          reply.settle(place);
          session.resume(Waits.SWITCHING);
        });
  }

  /**
   * Moves the session to another pipe if the backend agrees, and keeps it waiting until {@code
   * agreed} has it go on; what the backend objects to, the client is told.
   */
  void move(PipeKey key, byte[] command, Place place, Consumer<WholeReply> agreed) {
    Link target = lane.pipes().acquire(key);
    if (target == null) {
      place.complete(TOO_MANY);
      session.resume(Waits.SWITCHING);
      return;
    }
    session.await(Waits.SWITCHING);
    target.whenOpen(
        error -> {
          if (error == null) {
            target.send(command, WholeReply.then(reply -> judged(target, reply, place, agreed)));
          } else {
            lane.pipes().release(target);
            place.complete(error);
            session.resume(Waits.SWITCHING);
          }
        });
  }

  private void judged(Link target, WholeReply reply, Place place, Consumer<WholeReply> agreed) {
    if (reply.isError() || !session.isOpen()) {
      lane.pipes().release(target);
      reply.settle(place);
      session.resume(Waits.SWITCHING);
    } else {
      session.switchTo(target);
      agreed.accept(reply);
    }
  }

  private boolean reset(Request request, CommandSpec spec) {
    if (!spec.accepts(request)) {
      return session.send(request);
    }
    if (!session.isDrained()) {
      return false;
    }
    Pipe own = session.pin().pushing();
    if (own == null) {
      reset();
      return true;
    }
    session.await(Waits.SWITCHING);
    own.send(
        request,
        WholeReply.then(
            reply -> {
              if (!reply.isFailed()) {
                reset();
              }
              session.resume(Waits.SWITCHING);
            }));
    return true;
  }

  private void reset() {
    session.pin().abandon();
    Link first = lane.pipes().acquire(lane.greeting());
    if (first == null) {
      session.answer(TOO_MANY);
      return;
    }
    session.switchTo(first);
    clients.name(null);
    Login login = clients.login();
    if (login != null) {
      login.forget();
    }
    session.freshness().want(false);
    replies = Reply.ON;
    session.answer(Replies.RESET);
  }

  /** What Redis pushes on the client's own connection comes before its last reply. */
  private boolean quit(Request request) {
    if (session.pin().pushing() == null) {
      session.answer(Replies.OK);
    } else {
      session.send(request);
    }
    session.closeAfterReplies();
    return true;
  }

  private boolean client(Request request, CommandSpec spec) {
    // With words too many Redis 6.2 takes CACHING for the connection's next command: never for
    // ours.
    boolean isTaken = spec.accepts(request) || spec.name().equals("client|caching");
    if (!isTaken || request.argc() < 2) {
      return session.send(request);
    }
    return spec.name().equals("client|reply") ? reply(request) : clients.handle(request, spec);
  }

  private boolean reply(Request request) {
    if (request.is(2, "on")) {
      replies = Reply.ON;
      session.answer(Replies.OK);
    } else if (request.is(2, "off")) {
      replies = Reply.OFF;
    } else if (request.is(2, "skip")) {
      replies = replies == Reply.OFF ? Reply.OFF : Reply.SKIP_NEXT;
    } else {
      return session.send(request);
    }
    return true;
  }
}
