package io.heatsink.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What has to be shown by who asks, if anything. Thread-safe. */
final class AdminToken {

  /** How it is asked for. */
  static final String CHALLENGE = "Bearer realm=\"heatsink\"";

  private static final String SCHEME = "Bearer ";

  /** Whether Heatsink is well, which who asks often has nothing to show; the page, empty. */
  private static final Set<String> FOR_ALL = Set.of("/", "/health", "/ready");

  private final Supplier<@Nullable String> token;

  /** {@code token} is asked each time; null asks for nothing. */
  AdminToken(Supplier<@Nullable String> token) {
    this.token = token;
  }

  /** Whether this page may be shown for this {@code Authorization}; takes as long if not. */
  boolean admits(String path, @Nullable String authorization) {
    String expected = token.get();
    if (expected == null || FOR_ALL.contains(path)) {
      return true;
    }
    boolean isBearer =
        authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    String shown =
        isBearer && authorization != null ? authorization.substring(SCHEME.length()).strip() : "";
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
  }
}
