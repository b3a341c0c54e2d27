package io.heatsink.command;

import io.heatsink.resp.Request;
import java.util.List;
import java.util.Set;

/** What is known of one command or subcommand. Immutable. */
public final class CommandSpec {

  /** What a command may change, so that nothing older is served after it. */
  public enum Touches {
    NOTHING,
    KEYS,
    EVERYTHING
  }

  /** The flag, none of Redis', of commands that Heatsink knows and the backend has not named. */
  static final String UNNAMED = "unnamed";

  private static final Set<String> SCRIPTS = Set.of("eval", "evalsha", "fcall");
  private static final Set<String> OTHER_DATABASE = Set.of("move", "swapdb", "debug");

  /** What a user may read changes: what was read is no longer good. The first is before 7.0. */
  private static final Set<String> RIGHTS = Set.of("acl", "acl|setuser", "acl|deluser", "acl|load");

  private static final Set<String> NOT_DETERMINISTIC =
      Set.of("srandmember", "hrandfield", "zrandmember", "sscan", "hscan", "zscan", "touch");

  /**
   * Reads of one key whose reply depends on nothing but its value: neither on time, nor on chance,
   * nor on who asks. A read that is not known to be one of them is never kept.
   */
  private static final Set<String> KEPT =
      words(
          """
          get exists type
          getrange substr strlen getbit bitcount bitpos bitfield_ro
          hget hmget hgetall hlen hkeys hvals hexists hstrlen
          lindex llen lrange lpos
          smembers sismember smismember scard
          zrange zrangebyscore zrangebylex zrevrange zrevrangebyscore zrevrangebylex
          zscore zmscore zcard zcount zlexcount zrank zrevrank
          geopos geodist geohash geosearch georadius_ro georadiusbymember_ro
          xlen xrange xrevrange
          """);

  /** A command that the backend did not name: it may do anything. */
  public static final CommandSpec UNKNOWN =
      new CommandSpec("unknown", 0, Set.of(), List.of(), List.of());

  private final String name;
  private final int arity;
  private final Set<String> flags;
  private final List<KeySpec> keys;
  private final List<CommandSpec> subcommands;
  private final Handling handling;
  private final Touches touches;
  private final int singleKey;
  private final int firstKey;
  private final boolean hasSubcommands;
  private final boolean isKept;

  CommandSpec(
      String name,
      int arity,
      Set<String> flags,
      List<KeySpec> keys,
      List<CommandSpec> subcommands) {
    this.name = name;
    this.arity = arity;
    this.flags = Set.copyOf(flags);
    this.keys = List.copyOf(keys);
    this.subcommands = List.copyOf(subcommands);
    this.hasSubcommands = !subcommands.isEmpty();
    this.singleKey = keys.size() == 1 && keys.get(0).isSingleKey() ? 1 : 0;
    this.firstKey = keys.isEmpty() ? 0 : keys.get(0).firstWord();
    this.handling = handling(name);
    this.touches = touches(name);
    this.isKept = KEPT.contains(name) && flags.contains("readonly");
  }

  private static Set<String> words(String text) {
    return Set.of(text.trim().split("\\s+"));
  }

  private Handling handling(String name) {
    int bar = name.indexOf('|');
    Handling special = Handling.of(bar < 0 ? name : name.substring(0, bar));
    if (special == Handling.HOTKEYS && isNamed()) {
      return Handling.FORWARD;
    }
    if (special != Handling.FORWARD) {
      return special;
    }
    boolean read = flags.contains("readonly") && !flags.contains("random");
    boolean one = (singleKey == 1 && bar < 0 && subcommands.isEmpty()) || name.equals("exists");
    boolean fixed = !flags.contains("movablekeys") && !NOT_DETERMINISTIC.contains(name);
    return read && one && fixed ? Handling.READ : Handling.FORWARD;
  }

  private Touches touches(String name) {
    if (arity == 0
        || SCRIPTS.contains(name)
        || OTHER_DATABASE.contains(name)
        || (RIGHTS.contains(name) && subcommands.isEmpty())) {
      return Touches.EVERYTHING;
    }
    if (!flags.contains("write")) {
      return Touches.NOTHING;
    }
    return keys.isEmpty() ? Touches.EVERYTHING : Touches.KEYS;
  }

  /** Lower case; a subcommand as {@code config|get}. */
  public String name() {
    return name;
  }

  /** How it must travel. */
  public Handling handling() {
    return handling;
  }

  /** Whether the reply to this read may be kept: it has one key, the second word. */
  public boolean mayKeep(Request request) {
    return isKept && (singleKey == 1 || request.argc() == 2);
  }

  /** Whether Redis flags it as writing. */
  public boolean isWrite() {
    return touches != Touches.NOTHING;
  }

  /** Whether Redis flags it as one that only reads. */
  public boolean onlyReads() {
    return flags.contains("readonly");
  }

  /** Whether this request's number of words is one that the command takes. */
  public boolean accepts(Request request) {
    return arity > 0 ? request.argc() == arity : request.argc() >= -arity;
  }

  /** Whether the backend has it, and it is not only that Heatsink treats it in a way of its own. */
  boolean isNamed() {
    return !flags.contains(UNNAMED);
  }

  /** What this request may change; where it says KEYS, {@code out} holds all of them. */
  public Touches touches(Request request, KeyPositions out) {
    if (touches != Touches.KEYS) {
      return touches;
    }
    if (name.equals("sort")) {
      return request.has(2, "store") ? Touches.EVERYTHING : Touches.NOTHING;
    }
    if (name.equals("copy") && request.has(3, "db")) {
      return Touches.EVERYTHING;
    }
    return keys(request, out) ? Touches.KEYS : Touches.EVERYTHING;
  }

  /** Collects the request's keys; false where they cannot be known. */
  public boolean keys(Request request, KeyPositions out) {
    out.clear();
    for (int i = 0; i < keys.size(); i++) {
      if (!keys.get(i).collect(request, out)) {
        return false;
      }
    }
    return true;
  }

  /** The word that is the first key of every request of this command, or 0. */
  public int firstKey() {
    return firstKey;
  }

  /** Whether every request of this command has one key, its second word. */
  public boolean hasSingleKey() {
    return singleKey == 1;
  }

  /** The subcommand that this request names, or this. */
  CommandSpec of(Request request) {
    if (request.argc() > 1) {
      for (int i = 0; i < subcommands.size(); i++) {
        CommandSpec sub = subcommands.get(i);
        if (request.is(1, sub.name.substring(name.length() + 1))) {
          return sub;
        }
      }
    }
    return this;
  }

  boolean hasSubcommands() {
    return hasSubcommands;
  }

  List<KeySpec> keySpecs() {
    return keys;
  }

  List<CommandSpec> subcommands() {
    return subcommands;
  }

  @Override
  public String toString() {
    return name;
  }
}
