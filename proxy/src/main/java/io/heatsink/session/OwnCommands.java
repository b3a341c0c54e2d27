package io.heatsink.session;

import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.detect.HotKey;
import io.heatsink.journal.SlowLog;
import io.heatsink.journal.SlowRequest;
import io.heatsink.metrics.LaneCount;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.route.Explanation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * {@code HEATSINK} and {@code INFO heatsink}: what Heatsink tells of itself. Confined to its event
 * loop.
 *
 * <p>Whoever may run INFO may ask; the backend judges that, and while it cannot be reached its last
 * word to this client holds.
 */
final class OwnCommands {

  private static final byte[] MAY_ASK = Replies.request("INFO", "heatsink");
  private static final int MAX_HOT_KEYS = 1_000;
  private static final int MAX_WORDS = 32;
  private static final String[] HELP = {
    "HEATSINK <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "FLUSH [<key>]",
    "    Forget every answer in the near cache, or those of one key.",
    "FOLD <pattern>",
    "    Put split counters together again, whoever split them; how many of how many.",
    "FRESH (ON|OFF)",
    "    Whether this connection's reads are answered by Redis alone, whatever the policy.",
    "HOTKEYS [<count>]",
    "    The keys that are hot now, hottest first: key, database, heat, rate, error, share.",
    "POLICY <key>",
    "    How fresh reads of a key are: level, why, TTLs, whether it is hot and an answer kept.",
    "RELOAD",
    "    Read the configuration anew: what changed, and what needs a restart to change.",
    "SLOWLOG (GET [<count>]|LEN|RESET)",
    "    The latest requests slower than slowlog.threshold, and where their time went.",
    "SUGGEST",
    "    Settings, as YAML, that fit what was seen while mode was observe.",
    "STATS",
    "    What has been counted since the start, over all lanes.",
    "HELP",
    "    Print this help."
  };

  private final Session session;
  private final LaneContext lane;

  /** The user who was let ask last, or -1. */
  private int permitted = -1;

  OwnCommands(Session session, LaneContext lane) {
    this.session = session;
    this.lane = lane;
  }

  boolean heatsink(Request request) {
    if (request.argc() < 2) {
      return wrongNumber("heatsink");
    }
    String subcommand = request.text(1).toLowerCase(Locale.ROOT);
    boolean isRight =
        switch (subcommand) {
          case "policy", "fresh", "fold" -> request.argc() == 3;
          case "hotkeys", "flush" -> request.argc() <= 3;
          case "slowlog" -> request.argc() == 3 || (request.argc() == 4 && request.is(2, "get"));
          default -> request.argc() == 2;
        };
    return switch (subcommand) {
      case "help",
          "stats",
          "suggest",
          "flush",
          "hotkeys",
          "policy",
          "fresh",
          "fold",
          "slowlog",
          "reload" ->
          isRight ? run(subcommand, request) : wrongNumber("heatsink|" + subcommand);
      default -> {
        session.answer(
            Replies.error("ERR unknown subcommand '" + request.text(1) + "'. Try HEATSINK HELP."));
        yield true;
      }
    };
  }

  private boolean wrongNumber(String command) {
    session.answer(Replies.error("ERR wrong number of arguments for '" + command + "' command"));
    return true;
  }

  private boolean run(String subcommand, Request request) {
    return switch (subcommand) {
      case "help" -> permitted(place -> place.complete(help()));
      case "stats" -> permitted(place -> stats(values -> place.complete(map(values))));
      case "suggest" -> permitted(this::suggest);
      case "flush" -> flush(request);
      case "slowlog" -> slowLog(request);
      case "reload" -> permitted(this::reload);
      case "hotkeys" -> hotKeys(request);
      case "policy" -> policy(request);
      case "fold" -> fold(request);
      default -> fresh(request);
    };
  }

  private boolean permitted(Consumer<Place> then) {
    int user = session.user();
    Place place = session.reserve();
    session.dispatchDeferred();
    session
        .current()
        .send(
            MAY_ASK,
            WholeReply.then(
                reply -> {
                  permitted = reply.isFailed() ? permitted : reply.isError() ? -1 : user;
                  if (permitted == user) {
                    then.accept(place);
                  } else {
                    reply.settle(place);
                  }
                }));
    return true;
  }

  /** INFO with our section after those of the backend; false if it is not asked for. */
  boolean info(Request request) {
    if (!request.has(1, "heatsink")) {
      return false;
    }
    Place place = session.reserve();
    session.dispatchDeferred();
    session.current().send(request, WholeReply.then(reply -> info(reply, place)));
    return true;
  }

  private void info(WholeReply reply, Place place) {
    if (reply.isError()) {
      reply.settle(place);
      return;
    }
    stats(
        values -> {
          StringBuilder text = new StringBuilder(reply.text());
          text.append(text.isEmpty() ? "" : "\r\n").append("# Heatsink\r\n");
          values.forEach((name, value) -> text.append(name + ":" + value + "\r\n"));
          place.complete(Replies.text(text.toString(), session.isResp3()));
        });
  }

  private void suggest(Place place) {
    total(
        total -> {
          String text = lane.suggestions().apply(total);
          place.complete(Replies.text(text, session.isResp3()));
        });
  }

  /** By name and in a fixed order, from every lane. */
  private void stats(Consumer<Map<String, Object>> then) {
    total(
        total -> {
          Map<String, Object> values = new LinkedHashMap<>(lane.facts().get());
          LaneCount.ALL.forEach(each -> values.put(each.field(), each.value().applyAsLong(total)));
          then.accept(values);
        });
  }

  private void total(Consumer<LaneStats> then) {
    lane.clients()
        .ask(
            lane.own(),
            of -> of.stats().copy(),
            copies -> {
              LaneStats total = new LaneStats();
              copies.forEach(total::add);
              then.accept(total);
            });
  }

  private byte[] help() {
    ByteBuf out = Unpooled.buffer();
    Replies.writeHeader(out, '*', HELP.length);
    for (String line : HELP) {
      out.writeBytes(Replies.ascii("+" + line + "\r\n"));
    }
    return ByteBufUtil.getBytes(out);
  }

  private byte[] map(Map<String, ?> values) {
    return MapReply.of(values, session.isResp3());
  }

  private boolean flush(Request request) {
    if (request.argc() == 2) {
      return permitted(
          place -> {
            lane.router().guardEverything(place);
            place.complete(Replies.OK);
          });
    }
    long hash = KeyHash.with(request.hash(2), session.database());
    return permitted(
        place -> {
          lane.router().guard(place, new long[] {hash});
          place.complete(Replies.OK);
        });
  }

  private boolean fold(Request request) {
    byte[] pattern = request.bytes(2);
    return permitted(
        place ->
            lane.router()
                .foldSplits(
                    session,
                    pattern,
                    (folded, of) -> {
                      Map<String, Object> values = new LinkedHashMap<>();
                      values.put("folded", folded);
                      values.put("found", of);
                      place.complete(map(values));
                    }));
  }

  private boolean slowLog(Request request) {
    SlowLog slow = lane.slow();
    if (request.is(2, "len")) {
      return permitted(place -> place.complete(Replies.integer(slow.size())));
    }
    if (request.is(2, "reset")) {
      return permitted(
          place -> {
            slow.clear();
            place.complete(Replies.OK);
          });
    }
    long count = request.argc() == 3 ? 10 : request.isLong(3) ? request.asLong(3) : -2;
    if (!request.is(2, "get") || count < -1) {
      session.answer(Replies.error("ERR syntax error"));
      return true;
    }
    int most = count < 0 ? SlowLog.MAX_REQUESTS : (int) Math.min(count, SlowLog.MAX_REQUESTS);
    return permitted(
        place ->
            place.complete(
                MapReply.of(
                    slow.latest(most).stream().map(OwnCommands::describe).toList(),
                    session.isResp3())));
  }

  private static Map<String, Object> describe(SlowRequest request) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("id", request.number());
    values.put("at_ms", request.atMillis());
    values.put("command", request.command());
    values.put("key", request.key());
    values.put("client", request.client());
    values.put("total_us", request.spent().total() / 1_000);
    values.put("waiting_us", request.spent().waiting() / 1_000);
    values.put("pipe_us", request.spent().pipe() / 1_000);
    values.put("backend_us", request.spent().backend() / 1_000);
    values.put("ordering_us", request.spent().ordering() / 1_000);
    return values;
  }

  /** {@code HOTKEYS}, where the backend has it not. */
  boolean hotKeyPeriods(Request request) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < Math.min(request.argc(), MAX_WORDS); i++) {
      words.add(request.text(i).toLowerCase(Locale.ROOT));
    }
    return permitted(
        place -> {
          HotKeyPeriods periods = new HotKeyPeriods(lane.period());
          place.complete(periods.answer(words, session.isResp3(), lane.clock().nowNanos()));
        });
  }

  private void reload(Place place) {
    lane.reloads()
        .begin(
            outcome -> lane.own().run(() -> place.complete(map(outcome))),
            fault -> {
              byte[] error = Replies.error("ERR nothing has changed: " + fault);
              lane.own().run(() -> place.complete(error));
            });
  }

  private boolean hotKeys(Request request) {
    boolean isCounted = request.argc() == 3;
    long count = isCounted && request.isLong(2) ? request.asLong(2) : MAX_HOT_KEYS;
    if (count < 0 || (isCounted && !request.isLong(2))) {
      session.answer(Replies.error("ERR value is not an integer or out of range"));
      return true;
    }
    return permitted(
        place ->
            place.complete(
                MapReply.of(
                    lane.hotKeys().current().keys().stream()
                        .limit(Math.min(count, MAX_HOT_KEYS))
                        .map(OwnCommands::describe)
                        .toList(),
                    session.isResp3())));
  }

  private static Map<String, Object> describe(HotKey key) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("key", key.key());
    values.put("database", (long) key.database());
    values.put("heat", String.join(", ", key.heat()));
    values.put("rate", key.readsPerSecond() + key.writesPerSecond());
    values.put("error", key.error());
    values.put("share", key.share());
    values.put("bytes_per_second", Math.round(key.bytesPerSecond()));
    return values;
  }

  private static String heat(Explanation now) {
    List<String> heat = HotKey.heat(now.isReadHot(), now.isWriteHot(), now.isBigHot());
    return heat.isEmpty() ? "none" : String.join(", ", heat);
  }

  private boolean policy(Request request) {
    Explanation shared = lane.router().explain(session, request, 2);
    Explanation now = session.pin().isActive() ? shared.onOwnConnection() : shared;
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("key", request.bytes(2));
    values.put("level", now.level());
    values.put("why", now.why());
    values.put("ttl_ms", now.ttlMillis());
    values.put("max_stale_ms", now.maxStaleMillis());
    values.put("heat", heat(now));
    values.put("kept", now.isKept() ? 1L : 0L);
    return permitted(place -> place.complete(map(values)));
  }

  /** It costs nobody but who asks, so everybody may. */
  private boolean fresh(Request request) {
    boolean on = request.is(2, "on");
    if (on || request.is(2, "off")) {
      session.freshness().want(on);
      session.answer(Replies.OK);
    } else {
      session.answer(Replies.error("ERR syntax error"));
    }
    return true;
  }
}
