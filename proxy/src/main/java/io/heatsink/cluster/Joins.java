package io.heatsink.cluster;

import io.heatsink.command.ErrorReplies;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;

/** Makes one reply of those of several nodes; an error of any is the error of all. Stateless. */
final class Joins {

  /** Fields of INFO that are the cluster's when they are added up. */
  private static final Set<String> ADDED =
      Set.of(
          "connected_clients",
          "blocked_clients",
          "used_memory",
          "used_memory_rss",
          "used_memory_dataset",
          "total_system_memory",
          "maxmemory",
          "total_connections_received",
          "total_commands_processed",
          "instantaneous_ops_per_sec",
          "total_net_input_bytes",
          "total_net_output_bytes",
          "rejected_connections",
          "expired_keys",
          "evicted_keys",
          "keyspace_hits",
          "keyspace_misses",
          "pubsub_channels",
          "pubsub_patterns",
          "tracking_total_keys",
          "total_error_replies");

  private Joins() {}

  /** Hands over a whole reply. */
  static void deliver(byte[] reply, ReplySlot to) {
    if (ErrorReplies.isOwn(reply)) {
      to.fail(reply);
    } else {
      to.part(Unpooled.wrappedBuffer(reply), 0, reply.length, true);
    }
  }

  static byte[] bytes(ByteBuf out) {
    return ByteBufUtil.getBytes(out);
  }

  private static byte[] orError(List<WholeReply> replies, Supplier<byte[]> join) {
    for (WholeReply reply : replies) {
      if (reply.isError()) {
        return reply.encoded();
      }
    }
    return join.get();
  }

  static byte[] first(List<WholeReply> replies) {
    return orError(replies, () -> replies.get(0).encoded());
  }

  static byte[] sum(List<WholeReply> replies) {
    return orError(
        replies, () -> Replies.integer(replies.stream().mapToLong(WholeReply::integer).sum()));
  }

  /** All elements of all, one after the other. */
  static byte[] concat(List<WholeReply> replies) {
    return orError(
        replies,
        () -> {
          ByteBuf body = Unpooled.buffer();
          int count = 0;
          byte type = '*';
          for (WholeReply reply : replies) {
            byte[] encoded = reply.encoded();
            type = encoded[0];
            Elements elements = new Elements(Unpooled.wrappedBuffer(encoded));
            count += elements.count();
            body.writeBytes(encoded, elements.end(), encoded.length - elements.end());
          }
          ByteBuf out = Unpooled.buffer(body.readableBytes() + 16);
          Replies.writeHeader(out, (char) type, count);
          return bytes(out.writeBytes(body));
        });
  }

  /** Integers at the same place: 1 where all say so. */
  static byte[] and(List<WholeReply> replies) {
    return elementwise(replies, Math::min, 1);
  }

  /** Names, each followed by a number, which are added up. */
  static byte[] pairs(List<WholeReply> replies) {
    return elementwise(replies, Long::sum, 2);
  }

  private static byte[] elementwise(List<WholeReply> replies, BinaryOperator<Long> join, int step) {
    return orError(
        replies,
        () -> {
          byte[] encoded = replies.get(0).encoded();
          Elements shape = new Elements(Unpooled.wrappedBuffer(encoded));
          int count = shape.count();
          long[] values = new long[count];
          for (int r = 0; r < replies.size(); r++) {
            Elements each = new Elements(Unpooled.wrappedBuffer(replies.get(r).encoded()));
            for (int i = 0; i < count; i++) {
              each.next();
              if (i % step == step - 1) {
                long value = Long.parseLong(each.text());
                values[i] = r == 0 ? value : join.apply(values[i], value);
              }
            }
          }
          ByteBuf out = Unpooled.buffer(encoded.length + 16);
          out.writeBytes(encoded, 0, shape.end());
          for (int i = 0; i < count; i++) {
            shape.next();
            if (i % step == step - 1) {
              out.writeBytes(Replies.integer(values[i]));
            } else {
              out.writeBytes(encoded, shape.index(), shape.end() - shape.index());
            }
          }
          return bytes(out);
        });
  }

  /** The first node's, with the counters and the keyspace of all. */
  static byte[] info(List<WholeReply> replies) {
    return orError(
        replies,
        () -> {
          Map<String, String> lines = lines(replies.get(0).text());
          for (WholeReply other : replies.subList(1, replies.size())) {
            lines(other.text())
                .forEach((name, value) -> lines.merge(name, value, (a, b) -> added(name, a, b)));
          }
          StringBuilder text = new StringBuilder();
          lines.forEach((name, value) -> text.append(name).append(value).append("\r\n"));
          boolean isResp3 = replies.get(0).encoded()[0] == '=';
          return Replies.text(text.toString(), isResp3);
        });
  }

  /** By name, the colon included; headlines and empty lines by their place. */
  private static Map<String, String> lines(String text) {
    Map<String, String> lines = new LinkedHashMap<>();
    String headline = "";
    for (String line : text.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (line.startsWith("#")) {
        headline = line;
        lines.put(line, "");
      } else if (line.isEmpty()) {
        lines.put(" ".repeat(lines.size()) + headline.hashCode(), "");
      } else if (colon > 0) {
        lines.put(line.substring(0, colon + 1), line.substring(colon + 1));
      }
    }
    return lines;
  }

  private static String added(String name, String a, String b) {
    String field = name.substring(0, Math.max(0, name.length() - 1));
    if (ADDED.contains(field)) {
      return Long.toString(Long.parseLong(a) + Long.parseLong(b));
    }
    return field.matches("db\\d+") ? addedKeyspace(a, b) : a;
  }

  /** {@code keys=1,expires=0,avg_ttl=0}. */
  private static String addedKeyspace(String a, String b) {
    String[] left = a.split(",", -1);
    String[] right = b.split(",", -1);
    StringBuilder sum = new StringBuilder();
    for (int i = 0; i < left.length && i < right.length; i++) {
      String name = left[i].substring(0, left[i].indexOf('=') + 1);
      long x = Long.parseLong(left[i].substring(name.length()));
      long y = Long.parseLong(right[i].substring(right[i].indexOf('=') + 1));
      long value = name.equals("avg_ttl=") ? Math.max(x, y) : x + y;
      sum.append(i == 0 ? "" : ",").append(name).append(value);
    }
    return sum.toString();
  }
}
