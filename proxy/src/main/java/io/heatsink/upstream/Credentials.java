package io.heatsink.upstream;

import io.heatsink.resp.Replies;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a pipe is, to the backend. Immutable, but for a password that others may change.
 *
 * @param username ACL user; null for the form of AUTH that has a password only
 * @param fixed the password; null for a connection that never authenticates, or {@code changing}
 * @param changing whom to ask for the password each time instead; null where it stays
 */
public record Credentials(
    @Nullable String username, @Nullable String fixed, @Nullable Changing changing) {

  /** A password that may change. Thread-safe. */
  public interface Changing {
    /** What it is now. */
    String current();

    /** The backend did not take it. */
    void refused();
  }

  /** A connection that never authenticates. */
  public static final Credentials NONE = new Credentials(null, null);

  private static final String WRONG = "-WRONGPASS";

  public Credentials(@Nullable String username, @Nullable String password) {
    this(username, password, null);
  }

  /** Whether a pipe must authenticate at all. */
  public boolean isPresent() {
    return fixed != null || changing != null;
  }

  /** The password as it is now; null for a connection that never authenticates. */
  public @Nullable String password() {
    return changing == null ? fixed : changing.current();
  }

  /** The backend has answered a login with this error. */
  void refused(byte[] error) {
    if (changing != null && new String(error, StandardCharsets.US_ASCII).startsWith(WRONG)) {
      changing.refused();
    }
  }

  /** The encoded AUTH command. */
  byte[] auth() {
    String secret = Objects.requireNonNull(password());
    return username == null
        ? Replies.request("AUTH", secret)
        : Replies.request("AUTH", username, secret);
  }

  /** The encoded HELLO command that asks for RESP3. */
  byte[] hello() {
    String secret = password();
    return secret == null
        ? Replies.request("HELLO", "3")
        : Replies.request("HELLO", "3", "AUTH", user(), secret);
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
        && Objects.equals(fixed, that.fixed)
        && changing == that.changing;
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hashCode(username) + Objects.hashCode(fixed);
  }

  @Override
  public String toString() {
    return isPresent() ? user() : "unauthenticated";
  }
}
