package io.heatsink.session;

import io.heatsink.access.UserList;
import io.heatsink.command.CommandSpec;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Who the client is, where Heatsink itself judges that (clients.auth: file). Confined to its event
 * loop.
 */
final class Login {

  /*
   * The backend never hears of these users: all commands travel with the backend's own credentials.
   * So AUTH is answered here, and HELLO goes on without its login. Errors are those of Redis.
   */

  private static final byte[] NOAUTH = Replies.error("NOAUTH Authentication required.");
  private static final byte[] NOAUTH_EXEC =
      Replies.error("EXECABORT Transaction discarded because of: NOAUTH Authentication required.");
  private static final byte[] NOAUTH_HELLO =
      Replies.error(
          "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO"
              + " AUTH <user> <pass> option can be used to authenticate the client and select the"
              + " RESP protocol version at the same time");
  private static final byte[] WRONGPASS =
      Replies.error("WRONGPASS invalid username-password pair or user is disabled.");
  private static final byte[] NO_PASSWORD =
      Replies.error(
          "ERR AUTH <password> called without any password configured for the default user. Are you"
              + " sure your configuration is correct?");
  private static final byte[] ARGUMENTS =
      Replies.error("ERR wrong number of arguments for 'auth' command");
  private static final byte[] SYNTAX = Replies.error("ERR syntax error");
  private static final byte[] VERSION =
      Replies.error("ERR Protocol version is not an integer or out of range");
  private static final byte[] NO_PROTOCOL = Replies.error("NOPROTO unsupported protocol version");
  private static final byte[] IN_TRANSACTION =
      Replies.error("ERR Heatsink: no login inside MULTI (clients.auth: file)");

  private final Session session;
  private final LaneContext lane;
  private final Supplier<UserList> users;
  private String user = UserList.DEFAULT;
  private boolean known;

  Login(Session session, LaneContext lane, Supplier<UserList> users) {
    this.session = session;
    this.lane = lane;
    this.users = users;
    forget();
  }

  /** The client begins anew. */
  void forget() {
    user = UserList.DEFAULT;
    known = users.get().isOpen();
  }

  /** Whether it has yet to say who it is. */
  boolean isStranger() {
    return !known;
  }

  /** Who it is. */
  String user() {
    return user;
  }

  /** Whether it may stay: not if its user is there no more. */
  boolean isValid() {
    return !known || users.get().has(user);
  }

  /** Whether {@link #handle} has to see this command. */
  boolean judges(CommandSpec spec) {
    return switch (spec.handling()) {
      case AUTH, HELLO -> true;
      default -> !known;
    };
  }

  /** A login, or a command of a stranger; false if it is to be seen again. */
  boolean handle(Request request, CommandSpec spec) {
    return switch (spec.handling()) {
      case AUTH -> auth(request);
      case HELLO -> hello(request, spec);
      case QUIT, RESET, INTRUDER -> session.admitted(request, spec);
      case EXEC -> answer(NOAUTH_EXEC);
      default -> answer(NOAUTH);
    };
  }

  private boolean answer(byte[] reply) {
    session.answer(reply);
    return true;
  }

  private boolean auth(Request request) {
    int argc = request.argc();
    if (argc != 2 && argc != 3) {
      return answer(argc < 2 ? ARGUMENTS : SYNTAX);
    }
    if (isInTransaction()) {
      return true;
    }
    if (argc == 2 && users.get().needsNoPassword(UserList.DEFAULT)) {
      return answer(NO_PASSWORD);
    }
    String name = argc == 3 ? request.text(1) : UserList.DEFAULT;
    return answer(admit(name, request.bytes(argc - 1)) ? Replies.OK : WRONGPASS);
  }

  private boolean admit(String name, byte[] password) {
    boolean admitted = users.get().admits(name, password);
    if (admitted) {
      user = name;
      known = true;
    }
    return admitted;
  }

  private boolean isInTransaction() {
    Pin pin = session.pin();
    if (!pin.transaction().isOpen()) {
      return false;
    }
    pin.transaction().refuse(Objects.requireNonNull(pin.pipe()), IN_TRANSACTION);
    return true;
  }

  /** The first login that fails ends it; the rest is for who has it said without any. */
  private boolean hello(Request request, CommandSpec spec) {
    List<byte[]> rest = new ArrayList<>();
    boolean logsIn = false;
    int argc = request.argc();
    for (int i = 0; i < argc; ) {
      boolean isLogin = i > 1 && i + 2 < argc && request.is(i, "auth");
      if (isLogin && !logsIn && isInTransaction()) {
        return true;
      }
      if (isLogin && !admit(request.text(i + 1), request.bytes(i + 2))) {
        return answer(WRONGPASS);
      }
      logsIn |= isLogin;
      boolean isName = i > 1 && i + 1 < argc && request.is(i, "setname");
      int words = isLogin ? 3 : isName ? 2 : 1;
      for (int k = i; k < i + words && !isLogin; k++) {
        rest.add(request.bytes(k));
      }
      i += words;
    }
    if (!known) {
      return answer(refusal(request));
    }
    return session.admitted(logsIn ? parsed(rest) : request, spec);
  }

  private static byte[] refusal(Request request) {
    if (request.argc() > 1 && !request.isLong(1)) {
      return VERSION;
    }
    long version = request.argc() > 1 ? request.asLong(1) : 2;
    return version == 2 || version == 3 ? NOAUTH_HELLO : NO_PROTOCOL;
  }

  private Request parsed(List<byte[]> words) {
    RequestParser parser = new RequestParser(lane.limits());
    parser.parse(Unpooled.wrappedBuffer(Replies.request(words.toArray(new byte[0][]))));
    return parser.request();
  }
}
