package io.heatsink.upstream;

import io.heatsink.resp.Replies;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a pipe is, to the backend. Immutable.
 *
 * @param username ACL user; null for the form of AUTH that has a password only
 * @param password null for a connection that never authenticates
 */
public record Credentials(@Nullable String username, @Nullable String password) {

  /** A connection that never authenticates. */
  public static final Credentials NONE = new Credentials(null, null);

  /** Whether a pipe must authenticate at all. */
  public boolean isPresent() {
    return password != null;
  }

  /** The encoded AUTH command. */
  byte[] auth() {
    String secret = Objects.requireNonNull(password);
    return username == null
        ? Replies.request("AUTH", secret)
        : Replies.request("AUTH", username, secret);
  }

  /** The encoded HELLO command that asks for RESP3. */
  byte[] hello() {
    if (password == null) {
      return Replies.request("HELLO", "3");
    }
    String user = username == null ? "default" : username;
    return Replies.request("HELLO", "3", "AUTH", user, password);
  }

  @Override
  public String toString() {
    return isPresent() ? (username == null ? "default" : username) : "unauthenticated";
  }
}
