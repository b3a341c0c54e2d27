package io.heatsink.session;

import io.heatsink.client.ClientFilter;
import io.heatsink.client.ClientInfo;
import io.heatsink.client.Pauses;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Link;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * CLIENT: what Redis would say of a client's connection, said of its connection to Heatsink.
 * Confined to its event loop.
 */
final class ClientCommands {

  /*
   * The backend is always asked first, in words that change nothing there: whether this user may,
   * and whether the arguments are in order. What it objects to, the client is told as it is.
   */

  private static final byte[] NO_TRACKING =
      Replies.error("ERR Heatsink: a client cannot track keys that are spread over nodes");

  private static final byte[] NO_REDIRECTION = Replies.integer(-1);
  private static final String NOT_TRACKING =
      "1\r\n$3\r\noff\r\n$8\r\nredirect\r\n:-1\r\n$8\r\nprefixes\r\n*0\r\n";
  private static final byte[] NOT_TRACKING2 =
      Replies.ascii("*6\r\n$5\r\nflags\r\n*" + NOT_TRACKING);
  private static final byte[] NOT_TRACKING3 =
      Replies.ascii("%3\r\n$5\r\nflags\r\n~" + NOT_TRACKING);
  private static final byte[] GET_NAME = Replies.request("CLIENT", "GETNAME");
  private static final byte[] NOBODY_OLD = Replies.request("CLIENT", "KILL", "0.0.0.0:0");
  private static final byte[][] NOBODY = {Replies.ascii("LADDR"), Replies.ascii("0.0.0.0:0")};
  private static final byte[] NO_SUCH_CLIENT = Replies.ascii("-ERR No such client\r\n");
  private static final byte[] NOBODYS_ID = Replies.ascii(Long.toString(Long.MAX_VALUE));
  private static final byte[] BAD_NAME =
      Replies.error("ERR Client names cannot contain spaces, newlines or special characters.");

  private final Session session;
  private final LaneContext lane;
  private final @Nullable Login login;
  private byte @Nullable [] name;
  private String libraryName = "";
  private String libraryVersion = "";

  ClientCommands(Session session, LaneContext lane) {
    this.session = session;
    this.lane = lane;
    this.login = lane.logins() == null ? null : new Login(session, lane, lane.logins());
  }

  /** Who the client is where Heatsink itself judges that; else null. */
  @Nullable Login login() {
    return login;
  }

  /** Whether it has yet to say who it is, on this connection to the backend. */
  boolean isStranger(Link pipe) {
    return login == null ? pipe.isStranger() : login.isStranger();
  }

  /** The name that the client gave itself, or null. */
  byte @Nullable [] name() {
    return name;
  }

  /** The client is called so from here on. */
  void name(byte @Nullable [] given) {
    name = given;
    session.freshness().named(given);
  }

  /** A name has been accepted; null is none given, an empty one takes the old one away. */
  void greeted(byte @Nullable [] given) {
    if (given != null) {
      name(given.length == 0 ? null : given);
    }
  }

  /** What the client says it is made with. */
  ClientInfo.Library library() {
    boolean known = lane.commands().get().knows("client|setinfo");
    return new ClientInfo.Library(known, libraryName, libraryVersion);
  }

  static boolean isName(byte[] bytes) {
    for (byte b : bytes) {
      if (b < '!' || b > '~') {
        return false;
      }
    }
    return true;
  }

  /** One that is not about replies; false if it is to be seen again. */
  boolean handle(Request request, CommandSpec spec) {
    return switch (spec.name()) {
      case "client|setname" -> setName(request);
      case "client|getname" -> getName(request);
      case "client|id" -> permitted(request.encoded(), this::idReply);
      case "client|info" -> info(request);
      case "client|list" -> list(request);
      case "client|kill" -> kill(request);
      case "client|unblock" -> unblock(request);
      case "client|pause" -> pause(request);
      case "client|unpause" -> unpause(request);
      case "client|setinfo" -> setInfo(request);
      case "client|tracking" -> tracking(request);
      case "client|getredir", "client|trackinginfo" -> redirection(request);
      case "client|caching", "client|no-evict", "client|no-touch" ->
          session.pin().tracking().keep(request);
      default -> session.send(request);
    };
  }

  /**
   * What to say in the stead of the backend, which knows only of our connection; null if it may.
   */
  @Nullable Supplier<byte[]> answer(CommandSpec spec) {
    return switch (spec.name()) {
      case "client|id" -> this::idReply;
      case "client|info" -> () -> text(session.info(false).line() + "\n");
      default -> null;
    };
  }

  private byte[] idReply() {
    return Replies.integer(session.id());
  }

  private boolean setName(Request request) {
    byte[] wanted = request.bytes(2);
    if (session.pin().isActive()) {
      session.pin().rename(request, () -> greeted(wanted));
      return true;
    }
    if (!isName(wanted)) {
      session.answer(BAD_NAME);
      return true;
    }
    return permitted(
        GET_NAME,
        () -> {
          greeted(wanted);
          return Replies.OK;
        });
  }

  private boolean info(Request request) {
    String line = session.info(true).line() + "\n";
    return permitted(request.encoded(), () -> text(line));
  }

  /** A connection of the client's own has its name at the backend, too. */
  private boolean getName(Request request) {
    return session.pin().isActive() ? session.send(request) : permitted(GET_NAME, this::nameReply);
  }

  private byte[] nameReply() {
    byte[] known = name;
    if (known != null) {
      return Replies.bulk(known);
    }
    return session.isResp3() ? Replies.NIL3 : Replies.NIL2;
  }

  private byte[] text(String text) {
    return Replies.text(text, session.isResp3());
  }

  /** Asks the backend whether this client may, and answers for this connection if so. */
  private boolean permitted(byte[] question, Supplier<byte[]> answer) {
    return asked(
        question,
        (reply, place) -> {
          if (reply.isError()) {
            reply.settle(place);
          } else {
            place.complete(answer.get());
          }
        });
  }

  private interface Answered {
    void accept(WholeReply reply, Place place);
  }

  private boolean asked(byte[] question, Answered then) {
    Place place = session.reserve();
    session.dispatchDeferred();
    session.current().send(question, WholeReply.then(reply -> then.accept(reply, place)));
    return true;
  }

  private boolean list(Request request) {
    ClientFilter filter = ClientFilter.of(request);
    return asked(
        request.encoded(),
        (reply, place) -> {
          if (reply.isError() || filter.unknown() != null) {
            reply.settle(place);
          } else {
            lane.clients()
                .ask(lane.own(), all -> matching(all, filter), found -> tell(found, place));
          }
        });
  }

  private List<ClientInfo> matching(Clients.OfLane clients, ClientFilter filter) {
    return clients.all().stream()
        .map(client -> client.info(client == session))
        .filter(filter::matches)
        .toList();
  }

  private void tell(List<List<ClientInfo>> found, Place place) {
    StringBuilder lines = new StringBuilder();
    found.stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingLong(ClientInfo::id))
        .forEach(client -> lines.append(client.line()).append('\n'));
    place.complete(text(lines.toString()));
  }

  private boolean kill(Request request) {
    boolean old = request.argc() == 3;
    ClientFilter filter = old ? ClientFilter.ofAddress(request.text(2)) : ClientFilter.of(request);
    byte[] question = old ? NOBODY_OLD : request(request, request.argc(), NOBODY);
    return asked(
        question,
        (reply, place) -> {
          boolean allowed = old && Arrays.equals(reply.encoded(), NO_SUCH_CLIENT);
          if (reply.isError() && !allowed) {
            reply.settle(place);
          } else if (filter.unknown() != null) {
            place.complete(
                Replies.error(
                    "ERR Heatsink: CLIENT KILL by " + filter.unknown() + " is not known"));
          } else {
            kill(filter, old, place);
          }
        });
  }

  private void kill(ClientFilter filter, boolean old, Place place) {
    session.await(Waits.SWITCHING);
    lane.clients()
        .ask(
            lane.own(),
            all -> killOn(all, filter),
            counts -> {
              int killed = counts.stream().mapToInt(Integer::intValue).sum();
              byte[] none = old ? NO_SUCH_CLIENT : Replies.integer(0);
              byte[] some = old ? Replies.OK : Replies.integer(killed);
              place.complete(killed == 0 ? none : some);
              session.resume(Waits.SWITCHING);
            });
  }

  private int killOn(Clients.OfLane clients, ClientFilter filter) {
    int killed = 0;
    for (Session other : clients.all()) {
      boolean me = other == session;
      if ((me && filter.skipsMe()) || !filter.matches(other.info(false))) {
        continue;
      }
      killed++;
      if (me) {
        session.closeAfterReplies();
      } else {
        other.close();
      }
    }
    return killed;
  }

  private boolean unblock(Request request) {
    if (!request.isLong(2)) {
      return session.send(request);
    }
    byte[][] rest = rest(request, 3);
    Place place = session.reserve();
    session.await(Waits.SWITCHING);
    lane.clients()
        .<List<Blocked>>askOne(
            lane.own(),
            request.asLong(2),
            asked -> asked.answer().accept(Blocked.of(asked.session())),
            found -> {
              List<Blocked> blocked = found == null ? List.of() : found;
              session.dispatchDeferred();
              unblock(blocked, rest, place);
              session.resume(Waits.SWITCHING);
            });
    return true;
  }

  private void unblock(List<Blocked> blocked, byte[][] rest, Place place) {
    if (lane.pipes().isSpread() && !blocked.isEmpty()) {
      Blocked.end(session, blocked, each -> unblock(each.number(), rest), place);
    } else {
      byte[] id =
          blocked.isEmpty() ? NOBODYS_ID : Replies.ascii(Long.toString(blocked.get(0).number()));
      session.current().send(request("CLIENT", "UNBLOCK", id, rest), place);
    }
  }

  private static byte[] unblock(long number, byte[][] rest) {
    return request("CLIENT", "UNBLOCK", Replies.ascii(Long.toString(number)), rest);
  }

  private boolean pause(Request request) {
    if (!request.isLong(2) || request.asLong(2) < 0 || request.argc() > 4) {
      return session.send(request);
    }
    boolean ofAll = request.argc() == 3 || request.is(3, "all");
    Pauses.Pause before = lane.pauses().begin(ofAll, request.asLong(2), lane.clock().nowNanos());
    return asked(
        request.encoded(),
        (reply, place) -> {
          if (reply.isError()) {
            lane.pauses().restore(before);
          }
          reply.settle(place);
        });
  }

  private boolean unpause(Request request) {
    return asked(
        request.encoded(),
        (reply, place) -> {
          if (!reply.isError()) {
            lane.pauses().end();
          }
          reply.settle(place);
        });
  }

  private boolean setInfo(Request request) {
    String attribute = request.text(2);
    String value = request.text(3);
    return asked(
        request.encoded(),
        (reply, place) -> {
          if (!reply.isError() && attribute.equalsIgnoreCase("lib-name")) {
            libraryName = value;
          } else if (!reply.isError() && attribute.equalsIgnoreCase("lib-ver")) {
            libraryVersion = value;
          }
          reply.settle(place);
        });
  }

  private boolean tracking(Request request) {
    if (lane.pipes().isSpread() && request.argc() > 2 && request.is(2, "on")) {
      session.answer(NO_TRACKING);
      return true;
    }
    int at = redirectAt(request);
    if (at < 0 || !request.isLong(at)) {
      return session.pin().tracking().keep(request);
    }
    if (!session.pin().own()) {
      return !session.isHeldUp();
    }
    long client = request.asLong(at);
    byte[][] words = rest(request, 0);
    Place place = session.reserve();
    session.await(Waits.SWITCHING);
    lane.clients()
        .<Long>askOne(
            lane.own(),
            client,
            asked -> asked.session().pin().tracking().hears(asked.answer()),
            id -> {
              words[at] = id == null || id == 0 ? NOBODYS_ID : Replies.ascii(id.toString());
              session.pin().tracking().redirect(words, client, place);
              session.resume(Waits.SWITCHING);
            });
    return true;
  }

  private static int redirectAt(Request request) {
    for (int i = request.argc() - 2; i > 2; i--) {
      if (request.is(i, "redirect")) {
        return i + 1;
      }
    }
    return -1;
  }

  /**
   * The backend names the client's own connections by its own numbers; and on the pipe that clients
   * share it would tell of our tracking, where none of theirs is.
   */
  private boolean redirection(Request request) {
    long to = session.pin().tracking().redirect();
    boolean isShared = !session.pin().isActive();
    boolean asksInfo = request.is(1, "trackinginfo");
    return asked(
        request.encoded(),
        (reply, place) -> {
          if (isShared && !reply.isError()) {
            place.complete(asksInfo ? notTracking() : NO_REDIRECTION);
          } else if (reply.isError() || to <= 0) {
            reply.settle(place);
          } else {
            place.complete(reply.withInteger(to));
          }
        });
  }

  private byte[] notTracking() {
    return session.isResp3() ? NOT_TRACKING3 : NOT_TRACKING2;
  }

  private static byte[][] rest(Request request, int from) {
    byte[][] words = new byte[Math.max(request.argc() - from, 0)][];
    for (int i = 0; i < words.length; i++) {
      words[i] = request.bytes(from + i);
    }
    return words;
  }

  private static byte[] request(Request request, int argc, byte[]... more) {
    byte[][] words = Arrays.copyOf(rest(request, 0), argc + more.length);
    System.arraycopy(more, 0, words, argc, more.length);
    return Replies.request(words);
  }

  private static byte[] request(String command, String sub, byte[] first, byte[]... more) {
    byte[][] words = new byte[3 + more.length][];
    words[0] = Replies.ascii(command);
    words[1] = Replies.ascii(sub);
    words[2] = first;
    System.arraycopy(more, 0, words, 3, more.length);
    return Replies.request(words);
  }
}
