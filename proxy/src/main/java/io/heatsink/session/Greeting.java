package io.heatsink.session;

import io.heatsink.command.Place;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Credentials;
import io.heatsink.upstream.PipeKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One HELLO of a client that shares its connection. Confined to its event loop. */
final class Greeting {

  /*
   * Redis up to 7.0 takes HELLO's options in turn: what those in front have changed stays changed
   * when one behind is at fault. Later ones look at all options before they change anything, and of
   * several logins the last one counts. In either case the backend judges the logins, and words the
   * errors: it is asked again with the option at fault in front.
   */

  private final Session session;
  private final ConnectionCommands commands;
  private final byte[][] words;
  private final Place place;
  private final boolean inTurn;
  private @Nullable Credentials login;
  private byte @Nullable [] name;

  Greeting(Session session, ConnectionCommands commands, Request request, boolean inTurn) {
    this.session = session;
    this.commands = commands;
    this.inTurn = inTurn;
    this.words = new byte[request.argc()][];
    for (int i = 0; i < words.length; i++) {
      words[i] = request.bytes(i);
    }
    this.place = session.reserve();
  }

  /** Takes the options from this word on. */
  void from(int option) {
    int i = option;
    while (i < words.length) {
      if (is(i, "auth") && i + 2 < words.length && !(inTurn && login != null)) {
        login = new Credentials(secret(i + 1), secret(i + 2));
        i += 3;
      } else if (is(i, "setname") && i + 1 < words.length && ClientCommands.isName(words[i + 1])) {
        name = words[i + 1];
        i += 2;
      } else {
        stopAt(i);
        return;
      }
      if (inTurn && login == null) {
        takeName();
      }
    }
    PipeKey key = key().with(words[1][0] == '3');
    commands.move(
        key,
        greeting(key),
        place,
        reply -> {
          takeName();
          reply.settle(place);
          session.resume(Waits.SWITCHING);
        });
  }

  /** An option at fault, or a second login: where options are taken in turn, the first stands. */
  private void stopAt(int option) {
    Credentials first = login;
    if (inTurn && first != null) {
      byte[] auth = Replies.request("AUTH", first.user(), String.valueOf(first.password()));
      commands.move(
          key(),
          auth,
          place,
          reply -> {
            takeName();
            login = null;
            from(option);
          });
      return;
    }
    byte[][] fault = Arrays.copyOfRange(words, option - 2, words.length);
    fault[0] = words[0];
    fault[1] = Replies.ascii(session.isResp3() ? "3" : "2");
    session.pipe().send(Replies.request(fault), place);
    session.resume(Waits.SWITCHING);
  }

  private void takeName() {
    session.clients().greeted(name);
    name = null;
  }

  private PipeKey key() {
    PipeKey key = session.pipe().key();
    Credentials who = login;
    return who == null ? key : key.with(who);
  }

  private byte[] greeting(PipeKey key) {
    Credentials who = key.credentials();
    String version = key.isResp3() ? "3" : "2";
    return who.isPresent()
        ? Replies.request("HELLO", version, "AUTH", who.user(), String.valueOf(who.password()))
        : Replies.request("HELLO", version);
  }

  private boolean is(int word, String text) {
    return new String(words[word], StandardCharsets.ISO_8859_1).equalsIgnoreCase(text);
  }

  /** Passwords travel as text and come out as the bytes that came in. */
  private String secret(int word) {
    return new String(words[word], StandardCharsets.UTF_8);
  }
}
