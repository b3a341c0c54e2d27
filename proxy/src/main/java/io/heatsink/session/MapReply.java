package io.heatsink.session;

import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Names and values as a reply: a map in RESP3, a flat array in RESP2. Off the hot path: it copies.
 */
final class MapReply {

  private MapReply() {}

  /** One map; a value is a {@code Long}, a {@code Double}, bytes, a list, or written as text. */
  static byte[] of(Map<String, ?> values, boolean resp3) {
    ByteBuf out = Unpooled.buffer();
    write(out, values, resp3);
    return ByteBufUtil.getBytes(out);
  }

  /** An array of maps. */
  static byte[] of(List<? extends Map<String, ?>> maps, boolean resp3) {
    ByteBuf out = Unpooled.buffer();
    Replies.writeHeader(out, '*', maps.size());
    maps.forEach(values -> write(out, values, resp3));
    return ByteBufUtil.getBytes(out);
  }

  private static void write(ByteBuf out, Map<String, ?> values, boolean resp3) {
    Replies.writeHeader(out, resp3 ? '%' : '*', resp3 ? values.size() : 2L * values.size());
    values.forEach(
        (name, value) -> {
          out.writeBytes(Replies.bulk(Replies.ascii(name)));
          write(out, value, resp3);
        });
  }

  private static void write(ByteBuf out, Object value, boolean resp3) {
    if (value instanceof List<?> list) {
      Replies.writeHeader(out, '*', list.size());
      list.forEach(element -> write(out, element, resp3));
    } else {
      out.writeBytes(value(value, resp3));
    }
  }

  private static byte[] value(Object value, boolean resp3) {
    if (value instanceof Long number) {
      return Replies.integer(number);
    }
    if (value instanceof byte[] bytes) {
      return Replies.bulk(bytes);
    }
    if (value instanceof List<?> list) {
      ByteBuf out = Unpooled.buffer();
      Replies.writeHeader(out, '*', list.size());
      list.forEach(element -> out.writeBytes(value(element, resp3)));
      return ByteBufUtil.getBytes(out);
    }
    if (value instanceof Double number && resp3) {
      return Replies.ascii("," + number + "\r\n");
    }
    return Replies.bulk(String.valueOf(value).getBytes(StandardCharsets.UTF_8));
  }
}
