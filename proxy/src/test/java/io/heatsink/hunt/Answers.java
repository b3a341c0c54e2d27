package io.heatsink.hunt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.heatsink.history.Operation;
import org.jspecify.annotations.Nullable;

/** What the replies to one step mean, and when each came. */
final class Answers {

  /** What a reply tells of a command. */
  enum Outcome {
    DONE,
    NOT_RUN,
    UNKNOWN
  }

  private final @Nullable String[] replies;
  private final long[] nanos;

  Answers(int commands) {
    replies = new String[commands];
    nanos = new long[commands];
  }

  void take(int command, byte[] reply) {
    nanos[command] = System.nanoTime();
    replies[command] = new String(reply, ISO_8859_1);
  }

  long nanos(int command) {
    return nanos[command];
  }

  Outcome outcome(int command) {
    String reply = replies[command];
    if (reply == null || reply.contains("may have been run")) {
      return Outcome.UNKNOWN;
    }
    return reply.startsWith("-") ? Outcome.NOT_RUN : Outcome.DONE;
  }

  /** Whether a command of a transaction ran at once, since its MULTI had not. */
  boolean ranAtOnce(int command) {
    return outcome(command) == Outcome.DONE && !"+QUEUED\r\n".equals(replies[command]);
  }

  /** The register's value among those in a reply. */
  long value(int command, int part) {
    String reply = String.valueOf(replies[command]);
    int at = reply.startsWith("*") ? reply.indexOf('\n') + 1 : 0;
    for (int i = 0; ; i++) {
      int line = reply.indexOf('\n', at) + 1;
      boolean absent = reply.charAt(at) == '_' || reply.charAt(at + 1) == '-';
      int length = absent ? -2 : Integer.parseInt(reply.substring(at + 1, line - 2));
      if (i == part) {
        return length <= 0 ? Operation.ABSENT : number(reply, line);
      }
      at = line + length + 2;
    }
  }

  private static long number(String text, int from) {
    int to = from;
    while (Character.isDigit(text.charAt(to))) {
      to++;
    }
    return Long.parseLong(text.substring(from, to));
  }
}
