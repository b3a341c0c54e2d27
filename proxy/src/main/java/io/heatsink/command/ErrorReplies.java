package io.heatsink.command;

import io.heatsink.resp.Replies;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The error replies that are Heatsink's own, encoded once. */
public final class ErrorReplies {

  /** The command was written and its connection lost: nobody knows whether it ran. */
  public static final byte[] CONNECTION_LOST =
      Replies.error("ERR Heatsink: connection to the backend lost; the command may have been run");

  /** The command was never written. */
  public static final byte[] NOT_SENT =
      Replies.error("ERR Heatsink: connection to the backend lost; the command was not run");

  private static final byte[] OWN = Replies.ascii("-ERR Heatsink: ");

  private ErrorReplies() {}

  /** Whether this reply is one of these, and none of the backend's. */
  public static boolean isOwn(byte[] reply) {
    return Arrays.mismatch(reply, OWN) == OWN.length;
  }

  /** The backend cannot be reached, and why. */
  public static byte[] unreachable(String backend, String why) {
    return Replies.error("ERR Heatsink: backend " + backend + " is unreachable (" + why + ")");
  }

  /** The backend cannot be reached, because of this. */
  public static byte[] unreachable(String backend, @Nullable Throwable cause) {
    return unreachable(backend, cause == null ? "unknown" : String.valueOf(cause.getMessage()));
  }

  /** Every connection for transactions, blocking commands and subscriptions is taken. */
  public static byte[] pinnedExhausted(int max) {
    return Replies.error(
        "ERR Heatsink: all " + max + " pinned connections are in use (backend.max-pinned)");
  }
}
