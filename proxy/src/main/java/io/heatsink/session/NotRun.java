package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.KeyPositions;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a node of a cluster has refused a script, or a script that has run returns the same
 * words. The node is asked to run nothing on the same keys: if it does not do that either, for the
 * same reason, then the words were its own. Immutable.
 */
final class NotRun {

  /** What a node says of a slot that it does not serve. */
  private static final Pattern REFUSAL =
      Pattern.compile(
          "-(?:MOVED|ASK) [0-9]+ \\S+:[0-9]+"
              + "|-TRYAGAIN Multiple keys request during rehashing of slot"
              + "|-CLUSTERDOWN (?:Hash slot not served|The cluster is down.*)");

  private static final byte[] EMPTY_SCRIPT = Replies.ascii("return 0");
  private static final byte[] NO_SCRIPT = Replies.ascii("0".repeat(40));

  /** No function can have such a name. */
  private static final byte[] NO_FUNCTION = Replies.ascii("-");

  private NotRun() {}

  /** Whether a node might have said so, before it ran anything. */
  static boolean mayBe(String error) {
    return REFUSAL.matcher(error).matches();
  }

  /**
   * The question: the same command, which any user may send who may send the first, on the same
   * keys. Null if it has none: then no node refuses it.
   */
  static byte @Nullable [] question(Request request, CommandSpec spec) {
    KeyPositions keys = new KeyPositions();
    if (!spec.accepts(request) || !spec.keys(request, keys) || keys.count() == 0) {
      return null;
    }
    byte[][] words = new byte[3 + keys.count()][];
    words[0] = request.bytes(0);
    words[1] = nothing(spec.name());
    words[2] = Replies.ascii(Integer.toString(keys.count()));
    for (int i = 0; i < keys.count(); i++) {
      words[3 + i] = request.bytes(keys.get(i));
    }
    return Replies.request(words);
  }

  private static byte[] nothing(String name) {
    if (name.startsWith("fcall")) {
      return NO_FUNCTION;
    }
    return name.startsWith("evalsha") ? NO_SCRIPT : EMPTY_SCRIPT;
  }

  /** Whether the answer to the question bears out what was said to the script. */
  static boolean isBorneOut(String error, byte[] answer) {
    String now = new String(answer, StandardCharsets.UTF_8).trim();
    if (!mayBe(now)) {
      return false;
    }
    boolean isOnItsWay = now.startsWith("-MOVED") || now.startsWith("-ASK");
    if (error.startsWith("-MOVED") || error.startsWith("-ASK")) {
      return isOnItsWay && where(error).equals(where(now));
    }
    String code = error.substring(0, error.indexOf(' '));
    return now.startsWith(code) || (isOnItsWay && code.equals("-TRYAGAIN"));
  }

  /** The slot and the node. */
  private static String where(String redirect) {
    return redirect.substring(redirect.indexOf(' '));
  }
}
