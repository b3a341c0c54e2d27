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

  /** The name of the backend's user that it stands for. */
  public String user() {
    return username == null ? "default" : username;
  }

  // Spelled out: what a record comes with is generated at first use, before a client is served.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Credentials that
        && Objects.equals(username, that.username)
        && Objects.equals(password, that.password);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hashCode(username) + Objects.hashCode(password);
  }

  @Override
  public String toString() {
    return isPresent() ? (username == null ? "default" : username) : "unauthenticated";
  }
}
