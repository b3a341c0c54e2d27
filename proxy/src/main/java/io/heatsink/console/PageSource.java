package io.heatsink.console;

import io.heatsink.admin.AdminSite;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;

/** The page in one piece, which a browser lets run nothing but what is in it. */
final class PageSource {

  private static final AdminSite.Page PAGE = build();

  private PageSource() {}

  static AdminSite.Page page() {
    return PAGE;
  }

  private static AdminSite.Page build() {
    String style = read("page.css");
    String script = read("page.js");
    String html = read("page.html").replace("/*style*/", style).replace("/*script*/", script);
    String policy =
        "default-src 'none'; script-src '"
            + hash(script)
            + "'; style-src '"
            + hash(style)
            + "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'";
    Map<String, String> headers =
        Map.of(
            "content-security-policy", policy,
            "referrer-policy", "no-referrer",
            "cross-origin-opener-policy", "same-origin");
    return new AdminSite.Page(200, "text/html; charset=utf-8", html, headers);
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(String name) {
    try (InputStream in = PageSource.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
