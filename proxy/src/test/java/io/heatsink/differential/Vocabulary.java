package io.heatsink.differential;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.heatsink.testkit.RawClient;
import java.nio.charset.Charset;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The words of a conversation: few, so that commands meet; one character stands for one byte.
 *
 * <p>Whatever runs out does so in hours or has done so for years, and no count or offset makes a
 * server allocate much: the conversation must not depend on the machine.
 */
final class Vocabulary {

  /** Keys that are mostly read, so that the near cache has something to do. */
  private static final List<String> READ_MOSTLY = List.of("hot:1", "hot:2", "hot:none");

  private static final Map<String, List<String>> KEYS =
      Map.of(
          "string", List.of("s:1", "s:2", "n:1", "n:2", "s:\u0000\r\n\u00ff"),
          "list", List.of("l:1", "l:2"),
          "hash", List.of("h:1", "h:2"),
          "set", List.of("t:1", "t:2", "t:3"),
          "sorted-set", List.of("z:1", "z:2", "z:3"),
          "stream", List.of("x:1", "x:2"),
          "hyperloglog", List.of("p:1", "p:2"),
          "geo", List.of("g:1", "g:2"),
          "bitmap", List.of("s:1", "b:1"));

  private static final List<String> ALL_KEYS =
      KEYS.values().stream().flatMap(List::stream).distinct().sorted().toList();

  /** Some of them numbers that a few increments bring to overflow. */
  private static final List<String> VALUES =
      List.of(
          "",
          "1",
          "-7",
          "3",
          "12",
          "9223372036854775805",
          "-9223372036854775806",
          "1.5",
          "text",
          "\u0000\r\n\u00ff\"'");

  private static final List<String> INTEGERS = List.of("0", "1", "2", "3", "5", "-1", "-2", "10");

  private static final List<String> EXTREMES =
      List.of("9223372036854775807", "-9223372036854775808", "4294967296", "x", "1.5", "");

  private static final List<String> SCORES =
      List.of("0", "1", "-1.5", "3", "2.25", "1e3", "inf", "-inf", "nan", "x");

  /**
   * Redis 6.2.11 leaves an empty hash behind where a field would be infinite, and then dies of it.
   */
  private static final List<String> FINITE = List.of("0", "1", "-1.5", "3", "2.25", "1e3", "x");

  private static final List<String> PATTERNS = List.of("*", "s:*", "?:1", "[a-n]:*", "");

  /** No channel matches two: a message comes to them in the order of a hash table. */
  private static final List<String> CHANNEL_PATTERNS = List.of("ch:[1x]", "c?:2", "none*");

  private static final List<String> SCRIPTS =
      List.of(
          "return redis.call('GET', KEYS[1] or 's:1')",
          "return redis.call('SET', KEYS[1] or 's:1', ARGV[1] or 'by script')",
          "return redis.call('INCR', KEYS[1] or 'n:1')",
          "return redis.call('INCRBY', 'hot:1', 5)",
          "return redis.call('DEL', 'hot:1', 'hot:2')",
          "redis.call('SELECT', '1') return redis.call('SET', 's:1', 'by script')",
          "return {1, 'two', {3, false}, redis.status_reply('FINE'), 3.9}",
          "return redis.error_reply('MINE and no other')",
          "return redis.pcall('LPUSH', 's:1', 'x')",
          "redis.setresp(3) return redis.call('ZSCORE', 'z:1', 'm1')",
          "return {double=3.5}",
          "return {map={a=1}}",
          "return nil",
          "return #KEYS + 10 * #ARGV",
          "this is no script");

  private static final List<String> LIBRARIES =
      List.of(
          """
          #!lua name=one
          redis.register_function('f1', function(keys, args)
            return redis.call('INCR', keys[1] or 'n:1')
          end)
          redis.register_function{
            function_name='f2', callback=function(keys) return #keys end, flags={'no-writes'}}
          """,
          "#!lua name=two\nredis.register_function('f3', function() return {1, 'a'} end)",
          "no library");

  private static final Map<String, List<String>> WORDS =
      Map.ofEntries(
          Map.entry("field", List.of("f1", "f2", "f3", "")),
          Map.entry("member", List.of("m1", "m2", "m3", "1", "2")),
          Map.entry("member1", List.of("m1", "m2")),
          Map.entry("member2", List.of("m2", "m3")),
          Map.entry("group", List.of("g1", "g2")),
          Map.entry("groupname", List.of("g1", "g2")),
          Map.entry("consumer", List.of("c1", "c2")),
          Map.entry("consumername", List.of("c1", "c2")),
          Map.entry("channel", List.of("ch:1", "ch:2")),
          Map.entry("shardchannel", List.of("ch:1", "ch:2")),
          Map.entry("script", SCRIPTS),
          Map.entry("sha1", SCRIPTS.stream().map(Vocabulary::sha1).toList()),
          Map.entry("function-code", LIBRARIES),
          Map.entry("function", List.of("f1", "f2", "f3", "f4")),
          Map.entry("library-name", List.of("one", "two")),
          Map.entry("library-name-pattern", List.of("o*", "two")),
          Map.entry("parameter", List.of("maxmemory", "hash-max*", "databases", "none")),
          Map.entry("username", List.of("default", "default", "nobody")),
          Map.entry("password", List.of("pw1", "pw2")),
          Map.entry("connection-name", List.of("me", "you", "", "with space")),
          Map.entry("clientname", List.of("me", "you", "", "with space")),
          Map.entry("command", List.of("get", "set", "EVAL", "none")),
          Map.entry("command-name", List.of("get", "config|get", "none")),
          Map.entry("encoding", List.of("u8", "i16", "u63", "i64", "u64", "i5")),
          Map.entry("type", List.of("string", "list", "zset", "none")),
          Map.entry("protover", List.of("2", "3", "2", "3", "4", "x")),
          Map.entry("cursor", List.of("0", "0", "0", "7", "x")),
          Map.entry("min-idle-time", List.of("0")),
          Map.entry("threshold", List.of("2", "5", "1-1", "3-0")),
          Map.entry("numreplicas", List.of("0", "1")),
          Map.entry("len", List.of("0", "1", "2", "5")),
          Map.entry("longitude", List.of("13.4", "-0.1", "179.99", "200")),
          Map.entry("latitude", List.of("52.5", "51.5", "-85", "99")),
          Map.entry("radius", List.of("100", "1000", "20000", "-1")),
          Map.entry("width", List.of("100", "5000")),
          Map.entry("height", List.of("100", "5000")));

  private static final List<String> STREAM_IDS =
      List.of("1-1", "2-1", "3-0", "5-2", "0-0", "0", "7-*", "-", "+", "$", ">", "x");

  private static final List<String> BOUNDS =
      List.of("-", "+", "[a", "(m2", "[m3", "-inf", "+inf", "(1", "2", "0", "-1");

  private final SplittableRandom random;

  Vocabulary(SplittableRandom random) {
    this.random = random;
  }

  /** A key, mostly one whose type suits this group of commands. */
  String key(String group, boolean writes) {
    boolean plain = group.equals("string") || group.equals("generic");
    if (plain && random.nextInt(100) < (writes ? 2 : 50)) {
      return pick(READ_MOSTLY);
    }
    if (random.nextInt(60) == 0) {
      return "";
    }
    List<String> suiting = KEYS.get(group);
    return suiting == null || random.nextInt(8) == 0 ? pick(ALL_KEYS) : pick(suiting);
  }

  /** So many reads of each key that is mostly read. */
  static List<byte[]> heat(int times) {
    return READ_MOSTLY.stream()
        .flatMap(key -> Collections.nCopies(times, RawClient.encode("GET", key)).stream())
        .toList();
  }

  /** The command that the near cache answers. */
  static List<byte[]> readOfHot(SplittableRandom random) {
    String key = READ_MOSTLY.get(random.nextInt(READ_MOSTLY.size()));
    return List.of(bytes("GET"), bytes(key));
  }

  /** A value for an argument of this name and type in a command of this group. */
  String value(Argument argument, String command, String group) {
    String name = argument.name();
    List<String> named = WORDS.get(name);
    if (named != null) {
      return pick(named);
    }
    boolean waits = command.startsWith("xread") && name.equals("milliseconds");
    if (waits || name.equals("timeout")) {
      return argument.type().equals("double")
          ? pick(List.of("0", "0.001", "0.02", "-1", "x"))
          : pick(List.of("0", "1", "20", "-1", "x"));
    }
    return switch (argument.type()) {
      case "integer" -> integer(name, command);
      case "double" -> pick(command.equals("hincrbyfloat") ? FINITE : SCORES);
      case "unix-time" -> unixTime(name, command);
      case "pattern" -> pick(group.equals("pubsub") ? CHANNEL_PATTERNS : PATTERNS);
      default -> text(name, group);
    };
  }

  private String integer(String name, String command) {
    switch (name) {
      case "seconds", "milliseconds", "ttl" -> {
        return duration();
      }
      case "db", "destination-db", "index1", "index2" -> {
        return database();
      }
      case "index" -> {
        return command.equals("select") ? database() : pick(INTEGERS);
      }
      case "count", "weight", "samples" -> {
        return pick(INTEGERS);
      }
      default -> {
        boolean isWild = random.nextInt(12) == 0;
        return isWild ? pick(EXTREMES) : pick(INTEGERS);
      }
    }
  }

  private String database() {
    return random.nextInt(100) < 75 ? "0" : pick(List.of("0", "1", "2", "15", "16", "-1", "x"));
  }

  /** No two alike, since what compares two of them depends on the millisecond of each. */
  private String duration() {
    return random.nextInt(5) == 0
        ? pick(List.of("0", "-1", "x", "9223372036854775807"))
        : Long.toString(random.nextLong(100_000_000L, 100_000_000_000L));
  }

  /** Past only where that deletes at once: elsewhere it is a question of who looks first. */
  private String unixTime(String name, String command) {
    String future = name.endsWith("-milliseconds") ? "4102444800000" : "4102444800";
    return pick(List.of(future, future, command.endsWith("expireat") ? "1" : "-5", "0", "x"));
  }

  private String text(String name, String group) {
    if (group.equals("stream") && !name.equals("value")) {
      return pick(STREAM_IDS);
    }
    return switch (name) {
      case "min", "max", "start", "stop", "end" -> pick(BOUNDS);
      case "value", "element", "message", "arg", "serialized-value", "pivot" -> payload();
      default -> pick(VALUES);
    };
  }

  private String payload() {
    return random.nextInt(80) == 0 ? "big ".repeat(1 + random.nextInt(1500)) : pick(VALUES);
  }

  /** One of these. */
  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** A word's bytes. */
  static byte[] bytes(String word) {
    return word.getBytes(ISO_8859_1);
  }

  /** A script that no other client says. */
  static String scriptOf(int client, SplittableRandom random) {
    return SCRIPTS.get(random.nextInt(SCRIPTS.size())) + " -- of client " + client;
  }

  /** A script's digest. */
  static String sha1(String script) {
    Charset charset = US_ASCII;
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(script.getBytes(charset));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
