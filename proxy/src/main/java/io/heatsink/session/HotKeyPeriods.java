package io.heatsink.session;

import io.heatsink.detect.HotKeyPeriod;
import io.heatsink.detect.HotKeyPeriod.Report;
import io.heatsink.resp.Replies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code HOTKEYS} as Redis 8.6 has it, for a backend that has it not. Confined to its event loop.
 *
 * @see <a href="https://redis.io/docs/latest/commands/hotkeys/">HOTKEYS</a>
 */
final class HotKeyPeriods {

  /*
   * Redis measures microseconds; here each command counts as one, so that a key's part of the total
   * is its part of the commands.
   */

  private static final int MOST_KEYS = 64;
  private static final int DEFAULT_KEYS = 10;
  private static final long MOST_SECONDS = 30L * 24 * 3600;

  /** A request that is at fault; its message is the reply. */
  private static final class Fault extends Exception {
    private static final long serialVersionUID = 1;

    Fault(String reply) {
      super(reply, null, false, false);
    }
  }

  private final HotKeyPeriod period;

  HotKeyPeriods(HotKeyPeriod period) {
    this.period = period;
  }

  /** The reply to a whole request, its words in lower case. */
  byte[] answer(List<String> words, boolean resp3, long nowNanos) {
    try {
      return run(words, resp3, nowNanos);
    } catch (Fault fault) {
      return Replies.error(String.valueOf(fault.getMessage()));
    }
  }

  private byte[] run(List<String> words, boolean resp3, long nowNanos) throws Fault {
    String subcommand = words.size() < 2 ? "" : words.get(1);
    if (!subcommand.equals("start") && words.size() != 2) {
      throw new Fault("ERR wrong number of arguments for 'hotkeys' command");
    }
    switch (subcommand) {
      case "start" -> start(words, nowNanos);
      case "stop" -> require(period.stop(nowNanos), "ERR hotkeys tracking is not active");
      case "reset" ->
          require(period.reset(nowNanos), "ERR hotkeys tracking is active: HOTKEYS STOP first");
      case "get" -> {
        Report report = period.report(nowNanos);
        if (report == null) {
          return Replies.ascii(resp3 ? "_\r\n" : "*-1\r\n");
        }
        return MapReply.of(List.of(tell(report)), resp3);
      }
      default -> throw new Fault("ERR unknown subcommand '" + subcommand + "'. Try HEATSINK HELP.");
    }
    return Replies.OK;
  }

  private static void require(boolean isDone, String otherwise) throws Fault {
    if (!isDone) {
      throw new Fault(otherwise);
    }
  }

  private void start(List<String> words, long nowNanos) throws Fault {
    if (words.size() < 5 || !words.get(2).equals("metrics")) {
      throw new Fault("ERR METRICS and their number are missing");
    }
    long metrics = number(words, 3, 1, 2);
    int at = 4;
    boolean isCpu = false;
    for (long i = 0; i < metrics; i++, at++) {
      require(at < words.size(), "ERR syntax error");
      isCpu |= words.get(at).equals("cpu");
      require(
          words.get(at).equals("cpu") || words.get(at).equals("net"), "ERR a metric is CPU or NET");
    }
    require(isCpu, "ERR Heatsink counts commands by key, not bytes: ask for CPU");
    long keys = DEFAULT_KEYS;
    long seconds = 0;
    for (; at < words.size(); at += 2) {
      require(at + 1 < words.size(), "ERR syntax error");
      if (words.get(at).equals("count")) {
        keys = number(words, at + 1, 1, MOST_KEYS);
      } else if (words.get(at).equals("duration")) {
        seconds = number(words, at + 1, 0, MOST_SECONDS);
      } else if (words.get(at).equals("sample")) {
        // How much is sampled is the detector's to choose.
        number(words, at + 1, 1, Integer.MAX_VALUE);
      } else {
        require(!words.get(at).equals("slots"), "ERR Heatsink does not count by SLOTS");
        throw new Fault("ERR syntax error");
      }
    }
    require(period.start((int) keys, seconds, nowNanos), "ERR hotkeys tracking is active already");
  }

  private static long number(List<String> words, int word, long least, long most) throws Fault {
    boolean isNumber = words.get(word).matches("\\d{1,18}");
    long value = isNumber ? Long.parseLong(words.get(word)) : least - 1;
    require(value >= least && value <= most, "ERR value is not an integer or out of range");
    return value;
  }

  private static Map<String, Object> tell(Report report) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("tracking-active", report.isActive() ? 1L : 0L);
    values.put("sample-ratio", 1L);
    values.put("selected-slots", List.of());
    values.put("all-commands-all-slots-us", report.commands());
    values.put("net-bytes-all-commands-all-slots", 0L);
    values.put("collection-start-time-unix-ms", report.sinceMillis());
    values.put("collection-duration-ms", report.millis());
    List<Object> keys = new ArrayList<>();
    report
        .keys()
        .forEach(
            count -> {
              keys.add(count.key().key());
              keys.add(count.commands());
            });
    values.put("by-cpu-time-us", keys);
    return values;
  }
}
