package io.heatsink.session;

import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.detect.HotKey;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * {@code HEATSINK} and {@code INFO heatsink}: what Heatsink tells of itself. Confined to its event
 * loop.
 *
 * <p>Whoever may run INFO may ask; the backend judges that.
 */
final class OwnCommands {

  private static final byte[] MAY_ASK = Replies.request("INFO", "heatsink");
  private static final int MAX_HOT_KEYS = 1_000;
  private static final String[] HELP = {
    "HEATSINK <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "FLUSH",
    "    Forget every answer in the near cache.",
    "HOTKEYS [<count>]",
    "    The keys that are hot now, hottest first: key, database, heat, rate, error, share.",
    "STATS",
    "    What has been counted since the start, over all lanes.",
    "HELP",
    "    Print this help."
  };

  private final Session session;
  private final LaneContext lane;

  OwnCommands(Session session, LaneContext lane) {
    this.session = session;
    this.lane = lane;
  }

  boolean heatsink(Request request) {
    int argc = request.argc();
    if (argc < 2) {
      return wrongNumber("heatsink");
    }
    String subcommand = request.text(1).toLowerCase(Locale.ROOT);
    int most = subcommand.equals("hotkeys") ? 3 : 2;
    return switch (subcommand) {
      case "help", "stats", "flush", "hotkeys" ->
          argc > most ? wrongNumber("heatsink|" + subcommand) : run(subcommand, request);
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
    long count = request.argc() == 3 && request.isLong(2) ? request.asLong(2) : MAX_HOT_KEYS;
    if ((request.argc() == 3 && !request.isLong(2)) || count < 0) {
      session.answer(Replies.error("ERR value is not an integer or out of range"));
      return true;
    }
    return permitted(
        place -> {
          switch (subcommand) {
            case "help" -> place.complete(help());
            case "stats" -> stats(values -> place.complete(map(values)));
            case "flush" -> {
              lane.router().guardEverything(place);
              place.complete(Replies.OK);
            }
            default -> place.complete(hotKeys((int) Math.min(count, MAX_HOT_KEYS)));
          }
        });
  }

  private boolean permitted(Consumer<Place> then) {
    Place place = session.reserve();
    session.dispatchDeferred();
    session
        .current()
        .send(
            MAY_ASK,
            WholeReply.then(
                reply -> {
                  if (reply.isError()) {
                    reply.settle(place);
                  } else {
                    then.accept(place);
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

  /** By name and in a fixed order, from every lane. */
  private void stats(Consumer<Map<String, Object>> then) {
    lane.clients()
        .ask(
            lane.own(),
            of -> of.stats().copy(),
            copies -> {
              LaneStats total = new LaneStats();
              copies.forEach(total::add);
              Map<String, Object> values = new LinkedHashMap<>(lane.facts().get());
              values.put("connected_clients", total.clients);
              values.put("commands", total.commands);
              values.put("reads", total.reads);
              values.put("cache_hits", total.hits);
              values.put("cache_misses", total.misses);
              values.put("cache_fills", total.fills);
              values.put("coalesced", total.coalesced);
              values.put("combined", total.combined);
              values.put("split_increments", total.splitIncrements);
              values.put("backend_commands", total.backendCommands);
              values.put("backend_errors", total.backendErrors);
              values.put("backend_connections", total.backendConnections);
              values.put("backend_pinned", total.pinned);
              then.accept(values);
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

  private byte[] map(Map<String, Object> values) {
    ByteBuf out = Unpooled.buffer();
    writeMap(out, values);
    return ByteBufUtil.getBytes(out);
  }

  private byte[] hotKeys(int count) {
    List<HotKey> keys = lane.hotKeys().current().keys();
    ByteBuf out = Unpooled.buffer();
    int told = Math.min(count, keys.size());
    Replies.writeHeader(out, '*', told);
    for (HotKey key : keys.subList(0, told)) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("key", key.key());
      values.put("database", (long) key.database());
      values.put("heat", heat(key));
      values.put("rate", key.readsPerSecond() + key.writesPerSecond());
      values.put("error", key.error());
      values.put("share", key.share());
      writeMap(out, values);
    }
    return ByteBufUtil.getBytes(out);
  }

  private static String heat(HotKey key) {
    return key.readHot() ? (key.writeHot() ? "read, write" : "read") : "write";
  }

  private void writeMap(ByteBuf out, Map<String, Object> values) {
    boolean resp3 = session.isResp3();
    Replies.writeHeader(out, resp3 ? '%' : '*', resp3 ? values.size() : 2L * values.size());
    values.forEach(
        (name, value) -> {
          out.writeBytes(Replies.bulk(Replies.ascii(name)));
          if (value instanceof Long number) {
            out.writeBytes(Replies.integer(number));
          } else if (value instanceof byte[] bytes) {
            out.writeBytes(Replies.bulk(bytes));
          } else if (value instanceof Double number && resp3) {
            out.writeBytes(Replies.ascii("," + number + "\r\n"));
          } else {
            byte[] text = String.valueOf(value).getBytes(StandardCharsets.UTF_8);
            out.writeBytes(Replies.bulk(text));
          }
        });
  }
}
