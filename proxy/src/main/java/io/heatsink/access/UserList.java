package io.heatsink.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The users of a file like that of Redis' ACL, {@code user NAME on >password #sha256 …} a line: who
 * they are and how they show it, not what they may do. Immutable.
 *
 * @see <a
 *     href="https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/">ACL</a>
 */
public final class UserList {

  /** Who a client is that names no user. */
  public static final String DEFAULT = "default";

  private static final int MAX_BYTES = 16 << 20;

  /** Rules that restrict nothing: Redis writes them, so they are read. */
  private static final Set<String> UNRESTRICTED =
      Set.of(
          "~*",
          "&*",
          "+@all",
          "allkeys",
          "allchannels",
          "allcommands",
          "sanitize-payload",
          "skip-sanitize-payload");

  /** What a password is compared with where there is no such user: it takes as long. */
  private static final User NOBODY = new User(false, false, List.of(new byte[32]));

  private record User(boolean isOn, boolean needsNoPassword, List<byte[]> hashes) {}

  private final Map<String, User> users;

  private UserList(Map<String, User> users) {
    this.users = Map.copyOf(users);
  }

  /**
   * Reads a file.
   *
   * @throws IOException whose message names the file and the line, and holds no password
   */
  public static UserList read(Path file) throws IOException {
    String text;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("larger than 16 MiB");
      }
      text = Files.readString(file);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
    Map<String, User> users = new HashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String[] words = line.strip().split("\\s+", -1);
      if (!words[0].isEmpty() && !words[0].startsWith("#")) {
        try {
          add(users, words);
        } catch (IllegalArgumentException e) {
          throw new IOException(file + ":" + number + ": " + e.getMessage(), e);
        }
      }
    }
    return new UserList(users);
  }

  private static void add(Map<String, User> users, String[] words) {
    if (!words[0].equals("user") || words.length < 2) {
      throw new IllegalArgumentException("not 'user NAME …'");
    }
    boolean isOn = false;
    boolean needsNoPassword = false;
    List<byte[]> hashes = new ArrayList<>();
    for (int i = 2; i < words.length; i++) {
      String rule = words[i];
      switch (rule.toLowerCase(Locale.ROOT)) {
        case "on" -> isOn = true;
        case "off" -> isOn = false;
        case "nopass" -> needsNoPassword = true;
        default -> {
          if (rule.startsWith(">")) {
            hashes.add(sha256(rule.substring(1).getBytes(StandardCharsets.UTF_8)));
          } else if (rule.startsWith("#")) {
            hashes.add(hash(rule.substring(1)));
          } else if (!UNRESTRICTED.contains(rule.toLowerCase(Locale.ROOT))) {
            throw unknown(i - 1, rule);
          }
        }
      }
    }
    if (users.put(words[1], new User(isOn, needsNoPassword, List.copyOf(hashes))) != null) {
      throw new IllegalArgumentException("this user is there twice");
    }
  }

  /** What begins otherwise may be a password that lacks its sign: it is not repeated. */
  private static IllegalArgumentException unknown(int number, String rule) {
    boolean restricts = "~%&+-(".indexOf(rule.charAt(0)) >= 0;
    return new IllegalArgumentException(
        restricts
            ? rule
                + " restricts what a user may do, which only Redis' own ACL can:"
                + " use clients.auth: backend"
            : "rule " + number + " is none of on, off, nopass, >password, #sha256");
  }

  private static byte[] hash(String digits) {
    if (!digits.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("# is not followed by 64 digits of 0-9 and a-f");
    }
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }

  /** Whether this user has this password; takes as long whatever is wrong with it. */
  public boolean admits(String name, byte[] password) {
    User user = users.getOrDefault(name, NOBODY);
    byte[] given = sha256(password);
    boolean matches = user.needsNoPassword;
    for (byte[] hash : user.hashes) {
      matches |= MessageDigest.isEqual(hash, given);
    }
    return user.isOn && matches;
  }

  /** Whether there is such a user, and may be connected. */
  public boolean has(String name) {
    User user = users.get(name);
    return user != null && user.isOn;
  }

  /** Whether who never authenticates is the default user all the same. */
  public boolean isOpen() {
    return has(DEFAULT) && needsNoPassword(DEFAULT);
  }

  /** Whether any password will do for this user. */
  public boolean needsNoPassword(String name) {
    User user = users.get(name);
    return user != null && user.needsNoPassword;
  }
}
