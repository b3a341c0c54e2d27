package io.heatsink.differential;

import io.heatsink.differential.Script.Step;
import java.util.List;

/** What Heatsink is known to answer wrongly: left out until it is mended. */
final class KnownFaults {

  private KnownFaults() {}

  /** Whether this command, after those before it, meets one. */
  static boolean meets(Step step, List<Step> before, boolean inMulti) {
    if (step.form() == Script.Form.BROKEN) {
      return isBehind("subscribe", step, before);
    }
    return switch (step.verb()) {
      // Wrong arity does not spoil a transaction.
      case "reset" -> step.words().size() > 1 || isBehind("subscribe", step, before);
      case "quit" -> isBehind("subscribe", step, before);
      // A fault in an option behind AUTH is told before AUTH is judged; the protocol counts as
      // changed as soon as a HELLO is queued, whatever becomes of the transaction.
      case "hello" -> step.has("setname") || inMulti;
      // GETNAME is answered in the protocol from before the HELLO, where a WATCH has the connection
      // pinned.
      case "client" -> step.has("getname") && isBehind("hello", step, before);
      default -> false;
    };
  }

  /**
   * Increments whose sum overflows, while each alone would not, are sent again one by one; commands
   * that the same client has pipelined behind them run before that.
   */
  static boolean meetsOverflow(String command) {
    return command.equals("incrby") || command.equals("decrby");
  }

  /**
   * In one pipeline. Behind a SUBSCRIBE: the confirmation that is still to come is not owed to the
   * client, and RESET, QUIT and what hangs up on a broken request leave without it.
   */
  private static boolean isBehind(String verb, Step step, List<Step> before) {
    return before.stream().anyMatch(s -> s.batch() == step.batch() && s.verb().endsWith(verb));
  }
}
