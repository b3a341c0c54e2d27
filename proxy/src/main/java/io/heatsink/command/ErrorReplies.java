package io.heatsink.command;

import io.heatsink.resp.Replies;

/** The error replies that are Heatsink's own, encoded once. */
public final class ErrorReplies {

  /** The command was written and its connection lost: nobody knows whether it ran. */
  public static final byte[] CONNECTION_LOST =
      Replies.error("ERR Heatsink: connection to the backend lost; the command may have been run");

  /** The command was never written. */
  public static final byte[] NOT_SENT =
      Replies.error("ERR Heatsink: connection to the backend lost; the command was not run");

  /** Replication streams are no requests and replies. */
  public static final byte[] NO_REPLICATION =
      Replies.error("ERR Heatsink: replication does not pass through; connect to Redis itself");

  /** Redirected invalidations would name a connection that the client does not have. */
  public static final byte[] NO_REDIRECT =
      Replies.error("ERR Heatsink: CLIENT TRACKING with REDIRECT does not pass through; use RESP3");

  private ErrorReplies() {}

  /** The backend cannot be reached, and why. */
  public static byte[] unreachable(String backend, String why) {
    return Replies.error("ERR Heatsink: backend " + backend + " is unreachable (" + why + ")");
  }

  /** Every connection for transactions, blocking commands and subscriptions is taken. */
  public static byte[] pinnedExhausted(int max) {
    return Replies.error(
        "ERR Heatsink: all " + max + " pinned connections are in use (backend.max-pinned)");
  }
}
