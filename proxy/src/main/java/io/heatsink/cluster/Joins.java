package io.heatsink.cluster;

import io.heatsink.command.ErrorReplies;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;

/** Makes one reply of those of several nodes; an error of any is the error of all. Stateless. */
final class Joins {

  private static final byte[] NOT_BUSY = Replies.ascii("-NOTBUSY");

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

  /** The first that has done it; where none has, why, and rather than that nothing was running. */
  static byte[] anyDone(List<WholeReply> replies) {
    for (WholeReply reply : replies) {
      if (!reply.isError()) {
        return reply.encoded();
      }
    }
    for (WholeReply reply : replies) {
      if (!reply.begins(NOT_BUSY)) {
        return reply.encoded();
      }
    }
    return replies.get(0).encoded();
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
}
