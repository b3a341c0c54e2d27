package io.heatsink.fake;

import io.heatsink.resp.Numbers;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The handful of commands that tests need, on one database; replies are RESP2. */
public final class FakeRedis {

  static final String NOT_AN_INTEGER = "-ERR value is not an integer or out of range\r\n";
  private static final String OVERFLOW = "-ERR increment or decrement would overflow\r\n";
  private static final String WRONG_TYPE =
      "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
  private static final String LIST = "\0list";

  private final TreeMap<String, String> values = new TreeMap<>();
  private final Map<String, Long> millisLeft = new HashMap<>();
  private final Map<String, Set<FakePipe>> trackers = new HashMap<>();

  /** Changed keys, and what runs between the news of two of them. */
  private final ArrayDeque<Object> news = new ArrayDeque<>();

  private @Nullable FakePipe running;
  private String forbidden = "";

  /** All keys and values, to look at and to change. */
  public Map<String, String> values() {
    return values;
  }

  /** Nobody may run this command; one at a time. */
  public void forbid(String command) {
    forbidden = command;
  }

  /** What PTTL answers for this key while it exists. */
  public void expiresIn(String key, long millis) {
    millisLeft.put(key, millis);
  }

  /** Has the key hold something that is no string. */
  public void putList(String key) {
    values.put(key, LIST);
  }

  /** Who is told, by {@code news}, when this key changes by another connection than this. */
  void track(FakePipe pipe, String key) {
    trackers.computeIfAbsent(key, k -> new HashSet<>()).add(pipe);
  }

  void forget(FakePipe pipe) {
    trackers.values().forEach(pipes -> pipes.remove(pipe));
  }

  /** The connection whose commands are run from now on; null is nobody's. */
  public void runs(@Nullable FakePipe pipe) {
    running = pipe;
  }

  /** The key whose change is told next, or null; and runs what waited for those before it. */
  public @Nullable String nextNews() {
    while (news.peek() instanceof Runnable then) {
      news.remove();
      then.run();
    }
    return (String) news.poll();
  }

  /** Runs this when the news of all changes so far has been told. */
  void whenTold(Runnable then) {
    if (news.isEmpty()) {
      then.run();
    } else {
      news.add(then);
    }
  }

  private void changed(String key) {
    Set<FakePipe> told = trackers.remove(key);
    if (told != null && told.stream().anyMatch(pipe -> pipe != running)) {
      news.add(key);
    }
  }

  /** Runs one command. */
  public String execute(List<String> words) {
    String name = words.get(0).toUpperCase(Locale.ROOT);
    String key = words.size() > 1 ? words.get(1) : "";
    if (name.equals(forbidden)) {
      return "-NOPERM this user has no permissions to run the '" + name + "' command\r\n";
    }
    return switch (name) {
      case "GET" -> LIST.equals(values.get(key)) ? WRONG_TYPE : bulk(values.get(key));
      case "SET" -> {
        changed(key);
        values.put(key, words.get(2));
        millisLeft.remove(key);
        yield "+OK\r\n";
      }
      case "DEL", "UNLINK" -> integer(words.stream().skip(1).filter(this::remove).count());
      case "EXISTS" -> integer(words.stream().skip(1).filter(values::containsKey).count());
      case "MGET" -> mget(words);
      case "STRLEN" -> integer(values.getOrDefault(key, "").length());
      case "GETRANGE" -> getRange(words);
      case "PTTL" -> integer(values.containsKey(key) ? millisLeft.getOrDefault(key, -1L) : -2);
      case "INCR" -> increment(key, 1);
      case "DECR" -> increment(key, -1);
      case "INCRBY", "DECRBY" -> incrementBy(name, key, words.get(2));
      case "FLUSHALL" -> {
        values.clear();
        yield "+OK\r\n";
      }
      case "EVAL" -> {
        List.copyOf(values.keySet()).forEach(each -> increment(each, 1));
        StringBuilder all = new StringBuilder();
        values.forEach((k, v) -> all.append(k).append('=').append(v).append(','));
        yield bulk(all.toString());
      }
      default -> "-ERR unknown command '" + words.get(0) + "'\r\n";
    };
  }

  private boolean remove(String key) {
    changed(key);
    return values.remove(key) != null;
  }

  private String mget(List<String> words) {
    StringBuilder out = new StringBuilder("*" + (words.size() - 1) + "\r\n");
    for (String key : new ArrayList<>(words.subList(1, words.size()))) {
      String value = values.get(key);
      out.append(bulk(LIST.equals(value) ? null : value));
    }
    return out.toString();
  }

  /** With offsets that lie within the value. */
  private String getRange(List<String> words) {
    String value = values.getOrDefault(words.get(1), "");
    int end = Math.min(value.length(), Integer.parseInt(words.get(3)) + 1);
    return bulk(value.substring(Math.min(end, Integer.parseInt(words.get(2))), end));
  }

  private String incrementBy(String name, String key, String step) {
    if (!isLong(step)) {
      return NOT_AN_INTEGER;
    }
    long by = Long.parseLong(step);
    if (name.equals("DECRBY") && by == Long.MIN_VALUE) {
      return "-ERR decrement would overflow\r\n";
    }
    return increment(key, name.equals("INCRBY") ? by : -by);
  }

  private String increment(String key, long by) {
    String before = values.getOrDefault(key, "0");
    if (before.equals(LIST)) {
      return WRONG_TYPE;
    }
    if (!isLong(before)) {
      return NOT_AN_INTEGER;
    }
    long value = Long.parseLong(before);
    long after = value + by;
    if (((value ^ after) & (by ^ after)) < 0) {
      return OVERFLOW;
    }
    changed(key);
    values.put(key, Long.toString(after));
    return integer(after);
  }

  private static boolean isLong(String text) {
    return Numbers.isLong(Unpooled.wrappedBuffer(Latin.bytes(text)), 0, text.length());
  }

  public static String integer(long value) {
    return ":" + value + "\r\n";
  }

  /** A bulk string; null is nil. */
  public static String bulk(@Nullable String value) {
    return value == null ? "$-1\r\n" : "$" + value.length() + "\r\n" + value + "\r\n";
  }
}
