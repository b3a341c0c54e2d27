package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Links;
import io.heatsink.upstream.Pipe;
import io.netty.channel.ChannelFutureListener;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * WAIT and WAITAOF where keys are spread over nodes: each that the client may have written to is
 * asked, on a connection of its own, and the least that any says is the answer. Confined to its
 * event loop.
 */
final class WaitForAll {

  private static final long EVERYWHERE = -1;

  private final Session session;
  private final Links links;
  private final Place place;
  private final List<Pipe> asked;
  private final List<WholeReply> replies = new ArrayList<>();
  private final ChannelFutureListener whenClosed = closed -> end(false);
  private boolean isOver;
  private boolean isSpoilt;

  private WaitForAll(Session session, Links links, List<Pipe> asked) {
    this.session = session;
    this.links = links;
    this.asked = asked;
    this.place = session.reserve();
  }

  /** Whether this command is one of them, and has to be asked of several nodes. */
  static boolean isMeant(CommandSpec spec, Links links) {
    return links.isSpread() && (spec.name().equals("wait") || spec.name().equals("waitaof"));
  }

  /** Begins; false if the request is to be seen again when all before it are answered. */
  static boolean begin(Session session, LaneContext lane, Request request) {
    if (!session.isDrained()) {
      return false;
    }
    Links links = lane.pipes();
    // The parts of a split counter lie anywhere.
    long parts = lane.router().hasSplits() ? EVERYWHERE : session.description().written();
    List<Pipe> nodes = links.pinEach(session.pipe().key(), parts);
    if (nodes.isEmpty()) {
      session.answer(links.exhausted());
    } else {
      new WaitForAll(session, links, nodes).ask(request.encoded(), lane.isBeforeSeven2());
    }
    return true;
  }

  private void ask(byte[] command, boolean isOld) {
    session.await(Waits.BARRIER);
    session.description().waits(this);
    session.channel().closeFuture().addListener(whenClosed);
    for (Pipe each : List.copyOf(asked)) {
      each.identity().ask();
      each.send(command, Mark.ahead(each, links, isOld, WholeReply.then(this::answered)));
    }
  }

  /** Its connections, which are not used by another hereafter: they may be unblocked late. */
  List<Blocked> blocked() {
    isSpoilt = true;
    return Blocked.of(asked);
  }

  private void answered(WholeReply reply) {
    replies.add(reply);
    if (replies.size() == asked.size() && !isOver) {
      end(true);
      place.complete(least());
    }
  }

  private void end(boolean isAnswered) {
    if (!isOver) {
      isOver = true;
      session.channel().closeFuture().removeListener(whenClosed);
      session.description().waits(null);
      asked.forEach(each -> links.unpin(each, isAnswered && !isSpoilt));
    }
  }

  private byte[] least() {
    List<byte[]> errors =
        replies.stream().filter(WholeReply::isError).map(WholeReply::encoded).toList();
    if (!errors.isEmpty()) {
      return errors.get(0);
    }
    byte[] least = replies.get(0).encoded();
    for (WholeReply reply : replies) {
      least = least(least, reply.encoded());
    }
    return least;
  }

  /** One number, or an array of some, of each the lesser. */
  private static byte[] least(byte[] first, byte[] second) {
    String[] a = new String(first, StandardCharsets.US_ASCII).split("\r\n", -1);
    String[] b = new String(second, StandardCharsets.US_ASCII).split("\r\n", -1);
    StringBuilder least = new StringBuilder();
    for (int i = 0; i + 1 < a.length; i++) {
      boolean isNumber = a[i].startsWith(":") && i < b.length;
      long value = isNumber ? Math.min(number(a[i]), number(b[i])) : 0;
      least.append(isNumber ? ":" + value : a[i]).append("\r\n");
    }
    return Replies.ascii(least.toString());
  }

  private static long number(String line) {
    return Long.parseLong(line.substring(1));
  }
}
