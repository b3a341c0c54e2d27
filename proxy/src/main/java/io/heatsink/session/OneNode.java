package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.Handling;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client that knows of clusters is told of the one behind: that Heatsink is its only node,
 * which has every slot. Confined to its event loop.
 */
final class OneNode {

  private static final String ID = "6865617473696e6b0000000000000000000006d5";
  private static final int LAST_SLOT = 16_383;

  private final Session session;
  private final LaneContext lane;
  private @Nullable InetSocketAddress here;

  OneNode(Session session, LaneContext lane) {
    this.session = session;
    this.lane = lane;
  }

  /** Where the client has found Heatsink. */
  void reachedAt(@Nullable SocketAddress local) {
    here = local instanceof InetSocketAddress address ? address : null;
  }

  /** CLUSTER, READONLY, READWRITE, ASKING; false if it is to be seen again. */
  boolean handle(Request request, CommandSpec spec) {
    return spec.handling() == Handling.CLUSTER
        ? cluster(request) || session.route(request, spec)
        : sticky(request, spec) || session.pin().begin(request, spec);
  }

  /** There is nothing to do; false where there is no cluster. */
  private boolean sticky(Request request, CommandSpec spec) {
    if (!lane.pipes().isSpread() || !spec.accepts(request)) {
      return false;
    }
    session.answer(Replies.OK);
    return true;
  }

  /** CLUSTER; false where the backend is to answer. */
  private boolean cluster(Request request) {
    if (!lane.pipes().isSpread() || request.argc() < 2) {
      return false;
    }
    InetSocketAddress address = here;
    String host = address == null ? "127.0.0.1" : address.getAddress().getHostAddress();
    int port = address == null ? 0 : address.getPort();
    switch (request.text(1).toLowerCase(Locale.ROOT)) {
      case "slots" -> session.answer(slots(host, port));
      case "shards" -> session.answer(shards(host, port));
      case "nodes" ->
          session.answer(
              Replies.text(
                  "%s %s:%d@%d myself,master - 0 0 1 connected 0-%d\n"
                      .formatted(ID, host, port, port + 10_000, LAST_SLOT),
                  session.isResp3()));
      case "myid" -> session.answer(Replies.bulk(Replies.ascii(ID)));
      case "info", "keyslot", "help", "countkeysinslot", "getkeysinslot" -> {
        return false;
      }
      default ->
          session.answer(
              Replies.error(
                  "ERR Heatsink: CLUSTER "
                      + request.text(1).toUpperCase(Locale.ROOT)
                      + " concerns single nodes: send it to the node itself"));
    }
    return true;
  }

  private static byte[] slots(String host, int port) {
    ByteBuf out = Unpooled.buffer();
    array(out, 1);
    array(out, 3);
    out.writeBytes(Replies.integer(0));
    out.writeBytes(Replies.integer(LAST_SLOT));
    array(out, 3);
    text(out, host);
    out.writeBytes(Replies.integer(port));
    text(out, ID);
    return ByteBufUtil.getBytes(out);
  }

  private byte[] shards(String host, int port) {
    ByteBuf out = Unpooled.buffer();
    array(out, 1);
    map(out, 2);
    text(out, "slots");
    array(out, 2);
    out.writeBytes(Replies.integer(0));
    out.writeBytes(Replies.integer(LAST_SLOT));
    text(out, "nodes");
    array(out, 1);
    map(out, 7);
    text(out, "id");
    text(out, ID);
    text(out, "port");
    out.writeBytes(Replies.integer(port));
    text(out, "ip");
    text(out, host);
    text(out, "endpoint");
    text(out, host);
    text(out, "role");
    text(out, "master");
    text(out, "replication-offset");
    out.writeBytes(Replies.integer(0));
    text(out, "health");
    text(out, "online");
    return ByteBufUtil.getBytes(out);
  }

  private void map(ByteBuf out, int pairs) {
    Replies.writeHeader(out, session.isResp3() ? '%' : '*', session.isResp3() ? pairs : 2L * pairs);
  }

  private static void array(ByteBuf out, int count) {
    Replies.writeHeader(out, '*', count);
  }

  private static void text(ByteBuf out, String text) {
    out.writeBytes(Replies.bulk(Replies.ascii(text)));
  }
}
