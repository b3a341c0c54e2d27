package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.ErrorReplies;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Credentials;
import io.heatsink.upstream.Pipe;
import io.heatsink.upstream.PipeKey;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

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
      Replies.error("ERR Heatsink: too many users and databases are in use");
  private static final byte[] BAD_NAME =
      Replies.error("ERR Client names cannot contain spaces, newlines or special characters.");

  private static final byte[] GET_NAME = Replies.request("CLIENT", "GETNAME");

  private enum Reply {
    ON,
    OFF,
    SKIP_NEXT,
    SKIP_THIS
  }

  private final Session session;
  private final LaneContext lane;
  private byte @Nullable [] name;
  private Reply replies = Reply.ON;

  ConnectionCommands(Session session, LaneContext lane) {
    this.session = session;
    this.lane = lane;
  }

  /** The name that the client gave itself, or null. */
  byte @Nullable [] name() {
    return name;
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
      case QUIT -> {
        session.answer(Replies.OK);
        session.closeAfterReplies();
        yield true;
      }
      case REPLICATION -> {
        session.answer(ErrorReplies.NO_REPLICATION);
        yield true;
      }
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
      return session.forward(request);
    }
    Credentials credentials = session.pipe().key().credentials();
    byte[] newName = null;
    for (int i = 2; i < request.argc(); i++) {
      if (request.is(i, "auth") && i + 2 < request.argc()) {
        credentials = new Credentials(secret(request, i + 1), secret(request, i + 2));
        i += 2;
      } else if (request.is(i, "setname") && i + 1 < request.argc()) {
        newName = request.bytes(i + 1);
        i++;
      } else {
        session.answer(Replies.error("ERR Syntax error in HELLO option '" + request.text(i) + "'"));
        return true;
      }
    }
    if (!session.isDrained()) {
      return false;
    }
    if (newName != null && !isName(newName)) {
      session.answer(BAD_NAME);
      return true;
    }
    PipeKey key = session.pipe().key().with(credentials).with(version == 3);
    byte[] keptName = newName;
    move(key, greeting(version, key), () -> name = keptName == null ? name : keptName);
    return true;
  }

  private static byte[] greeting(long version, PipeKey key) {
    Credentials who = key.credentials();
    String protocol = Long.toString(version);
    if (!who.isPresent()) {
      return Replies.request("HELLO", protocol);
    }
    String user = who.username() == null ? "default" : who.username();
    return Replies.request("HELLO", protocol, "AUTH", user, String.valueOf(who.password()));
  }

  private boolean auth(Request request) {
    int argc = request.argc();
    if (argc != 2 && argc != 3) {
      return session.forward(request);
    }
    if (!session.isDrained()) {
      return false;
    }
    String user = argc == 3 ? secret(request, 1) : null;
    Credentials credentials = new Credentials(user, secret(request, argc - 1));
    move(session.pipe().key().with(credentials), request.encoded(), () -> {});
    return true;
  }

  /** Passwords travel as text and come out as the bytes that came in. */
  private static String secret(Request request, int word) {
    return new String(request.bytes(word), StandardCharsets.UTF_8);
  }

  private boolean select(Request request) {
    if (request.argc() != 2 || !request.isLong(1)) {
      return session.forward(request);
    }
    long database = request.asLong(1);
    boolean isOutOfRange = database < 0 || database > Integer.MAX_VALUE;
    if (database == session.database() || isOutOfRange) {
      return session.forward(request);
    }
    if (!session.isDrained()) {
      return false;
    }
    PipeKey key = session.pipe().key().with((int) database);
    move(key, request.encoded(), () -> {});
    return true;
  }

  /** Moves the session to another pipe if the backend agrees; the backend's reply is passed on. */
  private void move(PipeKey key, byte[] command, Runnable agreed) {
    Place place = session.reserve();
    Pipe target = lane.pipes().acquire(key);
    if (target == null) {
      place.complete(TOO_MANY);
      return;
    }
    session.await(Session.SWITCHING);
    target.whenOpen(
        error -> {
          if (error != null) {
            lane.pipes().release(target);
            place.complete(error);
            session.resume(Session.SWITCHING);
          } else {
            target.send(command, WholeReply.then(reply -> moved(target, reply, place, agreed)));
          }
        });
  }

  private void moved(Pipe target, WholeReply reply, Place place, Runnable agreed) {
    if (reply.isError() || !session.isOpen()) {
      lane.pipes().release(target);
    } else {
      session.switchTo(target);
      agreed.run();
    }
    reply.settle(place);
    session.resume(Session.SWITCHING);
  }

  private boolean reset(Request request, CommandSpec spec) {
    if (!spec.accepts(request)) {
      return session.forward(request);
    }
    if (!session.isDrained()) {
      return false;
    }
    session.pin().abandon();
    Pipe first = lane.pipes().acquire(lane.greeting());
    if (first == null) {
      session.answer(TOO_MANY);
      return true;
    }
    session.switchTo(first);
    name = null;
    replies = Reply.ON;
    session.answer(Replies.RESET);
    return true;
  }

  private boolean client(Request request, CommandSpec spec) {
    if (!spec.accepts(request) || request.argc() < 2) {
      return send(request);
    }
    return switch (spec.name()) {
      case "client|reply" -> reply(request);
      case "client|setname" -> setName(request);
      case "client|getname" -> probe(GET_NAME, getName());
      case "client|id" -> probe(request.encoded(), Replies.integer(session.id()));
      case "client|tracking" -> tracking(request);
      case "client|caching", "client|no-evict", "client|no-touch" -> stickAndSend(request);
      default -> send(request);
    };
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
      return send(request);
    }
    return true;
  }

  private boolean setName(Request request) {
    byte[] wanted = request.bytes(2);
    if (!isName(wanted)) {
      session.answer(BAD_NAME);
      return true;
    }
    name = wanted.length == 0 ? null : wanted;
    session.pin().rename(name);
    return probe(GET_NAME, Replies.OK);
  }

  private byte[] getName() {
    byte[] known = name;
    if (known != null) {
      return Replies.bulk(known);
    }
    return session.isResp3() ? Replies.NIL3 : Replies.NIL2;
  }

  private static boolean isName(byte[] bytes) {
    for (byte b : bytes) {
      if (b < '!' || b > '~') {
        return false;
      }
    }
    return true;
  }

  /** Asks the backend whether this client may, and answers for this connection if so. */
  private boolean probe(byte[] command, byte[] answer) {
    Place place = session.reserve();
    ReplySlot slot =
        WholeReply.then(
            reply -> {
              if (reply.isError()) {
                reply.settle(place);
              } else {
                place.complete(answer);
              }
            });
    session.dispatchDeferred();
    session.current().send(command, slot);
    return true;
  }

  private boolean tracking(Request request) {
    if (request.has(3, "redirect")) {
      session.answer(ErrorReplies.NO_REDIRECT);
      return true;
    }
    return stickAndSend(request);
  }

  private boolean stickAndSend(Request request) {
    Pin pin = session.pin();
    if (!pin.isActive()) {
      if (!session.isDrained()) {
        return false;
      }
      if (!pin.take()) {
        return true;
      }
    }
    pin.stick();
    pin.forward(request);
    return true;
  }

  private boolean send(Request request) {
    session.dispatchDeferred();
    session.current().send(request, session.reserve());
    return true;
  }
}
