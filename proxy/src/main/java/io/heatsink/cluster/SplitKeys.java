package io.heatsink.cluster;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.KeyPositions;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Commands whose keys lie in several slots: one is sent for each slot, and their replies are one.
 * Confined to its event loop.
 */
final class SplitKeys {

  /** The words of one slot, and the places of its keys in the whole. */
  private record Part(List<byte[]> words, List<Integer> places) {}

  private static final byte[] ODD =
      Replies.error("ERR wrong number of arguments for 'mset' command");

  private final ClusterLink link;

  SplitKeys(ClusterLink link) {
    this.link = link;
  }

  /** False where it goes as it is: all keys have one slot, or Redis would not run it on several. */
  boolean send(Request request, CommandSpec spec, KeyPositions keys, ReplySlot to) {
    int step = step(spec.name());
    if (step == 2 && spec.accepts(request) && request.argc() % 2 == 0) {
      Joins.deliver(ODD, to);
      return true;
    }
    if (step == 0 || !spec.accepts(request) || isOne(request, keys)) {
      return false;
    }
    Map<Integer, Part> parts = new LinkedHashMap<>();
    for (int i = 0; i < keys.count(); i++) {
      int word = keys.get(i);
      Part part =
          parts.computeIfAbsent(
              ClusterLink.slot(request, word),
              slot -> new Part(new ArrayList<>(List.of(request.bytes(0))), new ArrayList<>()));
      for (int k = 0; k < step; k++) {
        part.words().add(request.bytes(word + k));
      }
      part.places().add(i);
    }
    List<Part> inOrder = List.copyOf(parts.values());
    int count = keys.count();
    boolean isMget = spec.name().equals("mget");
    boolean isMset = spec.name().equals("mset");
    Scatter.Gather gather =
        new Scatter.Gather(
            inOrder.size(),
            replies ->
                Joins.deliver(
                    isMget
                        ? values(replies, inOrder, count)
                        : isMset ? Joins.first(replies) : Joins.sum(replies),
                    to));
    int i = 0;
    for (Map.Entry<Integer, Part> each : parts.entrySet()) {
      byte[] command = Replies.request(each.getValue().words().toArray(new byte[0][]));
      link.send(each.getKey(), command, command.length, gather.slot(i++));
    }
    return true;
  }

  /** Words for each key; 0 where the command is not split. */
  private static int step(String name) {
    return switch (name) {
      case "mget", "del", "unlink", "exists", "touch" -> 1;
      case "mset" -> 2;
      default -> 0;
    };
  }

  private static boolean isOne(Request request, KeyPositions keys) {
    int slot = ClusterLink.slot(request, keys.get(0));
    for (int i = 1; i < keys.count(); i++) {
      if (ClusterLink.slot(request, keys.get(i)) != slot) {
        return false;
      }
    }
    return true;
  }

  private static byte[] values(List<WholeReply> replies, List<Part> parts, int count) {
    byte[][] values = new byte[count][];
    int bytes = 0;
    for (int i = 0; i < parts.size(); i++) {
      WholeReply reply = replies.get(i);
      if (!reply.isArray()) {
        return reply.encoded();
      }
      byte[] encoded = reply.encoded();
      ByteBuf in = Unpooled.wrappedBuffer(encoded);
      Elements elements = new Elements(in);
      for (int place : parts.get(i).places()) {
        elements.next();
        values[place] = java.util.Arrays.copyOfRange(encoded, elements.index(), elements.end());
        bytes += values[place].length;
      }
    }
    ByteBuf out = Unpooled.buffer(bytes + 16);
    Replies.writeHeader(out, '*', count);
    for (byte[] value : values) {
      out.writeBytes(value);
    }
    return Joins.bytes(out);
  }
}
