package io.heatsink.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.heatsink.testkit.RawClient;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes up commands: sensible, wrong, binary, empty, inline. Everything it says has one answer that
 * depends on nothing but what was said before, so two servers must give the same.
 */
final class Commands {

  /** One command as it goes over the wire, and the number of its replies (0 or 1). */
  static final class Step {

    final byte[] bytes;
    final int replies;

    Step(byte[] bytes, int replies) {
      this.bytes = bytes;
      this.replies = replies;
    }

    @Override
    public String toString() {
      return RawClient.printable(bytes);
    }
  }

  /** Keys that are asked for so often that they become hot; one never exists. */
  static final List<String> HOT =
      List.of("hot:a", "hot:b", "hot:n", "hot:none", "hot:\u00ff\u0000");

  private static final List<String> COLD = List.of("a", "b", "c", "n", "l", "h", "z", "s", "x", "");

  /** What a template's {@code v} stands for: values that some command has trouble with. */
  private static final List<String> VALUES =
      List.of("", "1", "-7", "9223372036854775807", "1.5", "text", "\u0000\r\n\u00ff", "$5\r\n");

  /**
   * Commands in words: {@code k} any key, {@code v} any value, {@code i} a small integer, {@code d}
   * a database. Every other word stands for itself.
   */
  private static final String[] TEMPLATES = {
    "GET k",
    "GET k",
    "GET k",
    "GET k",
    "gEt k",
    "MGET k k k",
    "EXISTS k k",
    "STRLEN k",
    "TYPE k",
    "SET k v",
    "SET k v",
    "SET k i",
    "SET k v NX",
    "SET k v XX GET",
    "SET k v EX 1000",
    "SETNX k v",
    "SET k v PX 0",
    "SET k v KEEPTTL",
    "SETEX k 1000 v",
    "GETSET k v",
    "GETDEL k",
    "APPEND k v",
    "GETEX k PERSIST",
    "SETRANGE k i v",
    "GETRANGE k 0 i",
    "MSET k v k v",
    "MSETNX k v k v",
    "INCR k",
    "INCR k",
    "DECR k",
    "INCRBY k i",
    "DECRBY k i",
    "INCRBY k v",
    "INCRBYFLOAT k i",
    "DEL k",
    "DEL k k",
    "UNLINK k",
    "RENAME k k",
    "RENAMENX k k",
    "COPY k k REPLACE",
    "TOUCH k",
    "COPY k k DB d",
    "MOVE k d",
    "EXPIRE k 1000",
    "EXPIRE k 0",
    "PEXPIRE k -1",
    "PERSIST k",
    "EXPIREAT k 4102444800",
    "EXPIRETIME k",
    "HSET h v v",
    "HGET h v",
    "HMGET h v v",
    "HGETALL h",
    "HDEL h v",
    "HINCRBY h i i",
    "HLEN k",
    "LPUSH l v v",
    "RPUSH l v",
    "LPOP l",
    "LRANGE k 0 -1",
    "LLEN k",
    "RPOPLPUSH l l",
    "ZADD z i v",
    "ZINCRBY z 1.5 v",
    "ZSCORE z v",
    "ZCARD k",
    "ZRANGE z 0 -1 WITHSCORES",
    "ZRANGEBYSCORE z -inf +inf",
    "SADD s i",
    "SMEMBERS s",
    "SCARD k",
    "SISMEMBER s i",
    "SETBIT k i 1",
    "GETBIT k i",
    "BITCOUNT k",
    "PFADD k v",
    "PFCOUNT k",
    "XADD x *-i f v",
    "XLEN x",
    "XRANGE x - +",
    "OBJECT ENCODING k",
    "DUMP k",
    "SORT s",
    "DBSIZE",
    "PING",
    "PING v",
    "ECHO v",
    "SELECT d",
    "SELECT d",
    "SELECT 99",
    "SELECT v",
    "SWAPDB d d",
    "FLUSHDB",
    "FLUSHALL",
    "WAIT 0 0",
    "BLPOP l 0.01",
    "BLPOP k k 0.01",
    "CLIENT SETNAME i",
    "CLIENT GETNAME",
    "CONFIG GET maxmemory",
    "COMMAND COUNT",
    "AUTH v",
    "HELLO 9",
    "WATCH k",
    "UNWATCH",
    "EXEC",
    "DISCARD",
    "GET",
    "GET k k",
    "SET k",
    "SET k v v",
    "INCR k k",
    "NOSUCH k v",
    "HGET",
    "DEL",
    "v k",
    "MGET",
    "EVAL",
    "CLIENT NOSUCH",
    "LPOS l v",
    "LMOVE l l LEFT RIGHT",
  };

  private static final String[] SCRIPTS = {
    "return redis.call('GET', KEYS[1])",
    "return redis.call('SET', KEYS[1], ARGV[1])",
    "return redis.pcall('INCR', KEYS[1])",
    "redis.call('SET', 'hot:a', ARGV[1]) return redis.call('GET', 'hot:a')",
    "redis.call('DEL', 'hot:b') return {1, 'two', {3, false}, redis.status_reply('FINE')}",
    "return redis.error_reply('MINE own error')",
    "return redis.call('NOSUCH')",
    "redis.setresp(3) return {double = 1.5}",
    "redis.setresp(3) return {true, redis.call('HGETALL', 'h')}",
    "this is no Lua",
  };

  private static final String[] BAD_EXPIRY = {"SET", "a", "1", "EX", "-1"};

  private static final String[] TYPES = {
    "string",
    "integer",
    "double",
    "bignum",
    "null",
    "array",
    "set",
    "map",
    "attrib",
    "verbatim",
    "true",
    "false",
  };

  private final SplittableRandom random;
  private final boolean debug;

  /**
   * Commands from this source of chance.
   *
   * @param debug whether the servers accept DEBUG
   */
  Commands(SplittableRandom random, boolean debug) {
    this.random = random;
    this.debug = debug;
  }

  /** A pipeline of at least so many commands. */
  List<Step> pipeline(int commands) {
    List<Step> steps = new ArrayList<>();
    while (steps.size() < commands) {
      switch (random.nextInt(24)) {
        case 0 -> transaction(steps);
        case 1 -> steps.add(inline());
        case 2 -> steps.add(array("EVAL", pick(SCRIPTS), "1", key(), value()));
        case 3 -> hotBurst(steps);
        case 4 -> steps.add(rare());
        default -> steps.add(command());
      }
    }
    return steps;
  }

  private void transaction(List<Step> steps) {
    if (random.nextInt(4) == 0) {
      steps.add(array("WATCH", key()));
    }
    steps.add(array("MULTI"));
    for (int i = random.nextInt(6); i > 0; i--) {
      steps.add(command());
    }
    if (random.nextInt(12) != 0) {
      steps.add(array(random.nextInt(5) == 0 ? "DISCARD" : "EXEC"));
    }
  }

  /** Reads and writes of one hot key, close together. */
  private void hotBurst(List<Step> steps) {
    String key = pick(HOT);
    for (int i = 2 + random.nextInt(8); i > 0; i--) {
      switch (random.nextInt(6)) {
        case 0 -> steps.add(array("SET", key, Integer.toString(random.nextInt(1000))));
        case 1 -> steps.add(array("INCR", key));
        case 2 -> steps.add(array("DECRBY", key, Integer.toString(random.nextInt(9))));
        default -> steps.add(array("GET", key));
      }
    }
  }

  private Step command() {
    String[] words = pick(TEMPLATES).split(" ", -1);
    for (int i = 0; i < words.length; i++) {
      words[i] = word(words[i]);
    }
    return array(words);
  }

  private String word(String word) {
    return switch (word) {
      case "k" -> key();
      case "v" -> value();
      case "i" -> Integer.toString(random.nextInt(20));
      case "d" -> Integer.toString(random.nextInt(3));
      case "*-i" -> random.nextInt(1, 5) + "-" + random.nextInt(1, 20);
      default -> word;
    };
  }

  private String key() {
    return random.nextInt(5) < 3 ? pick(HOT) : pick(COLD);
  }

  private String value() {
    return pick(VALUES);
  }

  private Step rare() {
    return switch (random.nextInt(8)) {
      case 0 -> array("SET", key(), "x".repeat(random.nextInt(100_000)));
      case 1 -> array("ECHO", "\r\n".repeat(random.nextInt(2000)));
      case 2 -> array("MGET", HOT.get(0), key(), HOT.get(3), HOT.get(1));
      case 3 -> new Step("*0\r\n".getBytes(ISO_8859_1), 0);
      case 4 -> new Step("\r\n".getBytes(ISO_8859_1), 0);
      case 5 -> array("RESET");
      case 6 -> array(debug ? new String[] {"DEBUG", "PROTOCOL", pick(TYPES)} : BAD_EXPIRY);
      default -> array("CLIENT", "SETNAME", "name with space");
    };
  }

  private Step inline() {
    String line =
        switch (random.nextInt(7)) {
          case 0 -> "GET hot:a";
          case 1 -> "set hot:b inline";
          case 2 -> "  INCR   hot:n  ";
          case 3 -> "SET hot:a \"q\\x00\\n\\\"\"";
          case 4 -> "ECHO 'single \\' quoted'";
          case 5 -> "NOSUCH inline 'a b'";
          default -> "MGET hot:a hot:none";
        };
    return new Step((line + (random.nextBoolean() ? "\r\n" : "\n")).getBytes(ISO_8859_1), 1);
  }

  /** One command as an array; a character is a byte. */
  static Step array(String... words) {
    byte[][] args = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      args[i] = words[i].getBytes(ISO_8859_1);
    }
    return new Step(RawClient.encode(args), 1);
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private String pick(String[] from) {
    return from[random.nextInt(from.length)];
  }
}
