package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.ErrorReplies;
import io.heatsink.command.Handling;
import io.heatsink.command.Place;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.upstream.Links;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's shard channels where keys, and so channels, are spread over nodes: each is heard on a
 * connection to the node of its slot, and again on another's when the slot has moved. Confined to
 * its event loop.
 */
final class ShardChannels {

  /*
   * Each node is asked for one channel at a time, so that each confirmation is that of one wish.
   * The client gets confirmations of our own, which count all its channels, as they come: those of
   * one command in the order in which the nodes gave them.
   */

  private static final long PAUSE_MILLIS = 20;
  private static final long LOOK_MILLIS = 500;
  private static final byte[] NOTHING = {};
  private static final String REFUSAL =
      "ERR Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET"
          + " are allowed in this context";

  private final Session session;
  private final LaneContext lane;
  private final Map<String, Ear> heard = new LinkedHashMap<>();
  private final List<Ear> ears = new ArrayList<>();

  /** Those whose slots have moved, and that are not heard again yet. */
  private final Set<String> moving = new HashSet<>();

  private boolean isLooking;
  private boolean isOver;

  /**
   * One channel that is to be heard, or no more.
   *
   * @param of whose client waits for it; null where a slot has moved, of which it need not know
   * @param deadlineNanos until when nodes are asked
   */
  record Wish(
      String channel, boolean listens, byte[] command, @Nullable Order of, long deadlineNanos) {}

  /** One command of the client. */
  final class Order {
    private final Place place;
    private int left;
    private byte[] end = NOTHING;

    private Order(Place place, int left) {
      this.place = place;
      this.left = left;
    }

    private void settled(byte[] confirmation) {
      place.part(Unpooled.wrappedBuffer(confirmation), 0, confirmation.length, false);
      left--;
      endIfDone();
    }

    /** An error ends what the client is told of this command. */
    private void refused(byte[] error) {
      end = error;
      left--;
      endIfDone();
    }

    private void endIfDone() {
      if (left == 0) {
        place.part(Unpooled.wrappedBuffer(end), 0, end.length, true);
        session.resume(Waits.SWITCHING);
      }
    }
  }

  ShardChannels(Session session, LaneContext lane) {
    this.session = session;
    this.lane = lane;
  }

  /** Whether the command is one of these, and has to be asked of the channels' nodes. */
  static boolean isMeant(CommandSpec spec, Links links) {
    return spec.handling() == Handling.SUBSCRIBE
        && links.isSpread()
        && (spec.name().equals("ssubscribe") || spec.name().equals("sunsubscribe"));
  }

  /** How many channels the client listens to. */
  int count() {
    return heard.size();
  }

  /** SSUBSCRIBE or SUNSUBSCRIBE; false if it is to be seen again. */
  boolean handle(Request request, CommandSpec spec) {
    if (!session.isDrained()) {
      return false;
    }
    boolean listens = spec.name().equals("ssubscribe");
    List<String> named = new ArrayList<>();
    for (int i = 1; i < request.argc(); i++) {
      named.add(new String(request.bytes(i), StandardCharsets.ISO_8859_1));
    }
    if (named.isEmpty()) {
      named.addAll(heard.keySet());
    }
    Place place = session.queue().reserve(false);
    if (named.isEmpty()) {
      place.complete(confirmation(listens, null));
      return true;
    }
    session.await(Waits.SWITCHING);
    Order order = new Order(place, named.size());
    named.forEach(channel -> begin(channel, listens, order));
    return true;
  }

  private void begin(String channel, boolean listens, Order order) {
    Wish wish = wish(channel, listens, order);
    Ear ear = heard.get(channel);
    if (listens && ear == null) {
      attempt(wish);
    } else if (listens || ear == null) {
      tell(wish);
    } else {
      ear.ask(wish);
    }
  }

  private Wish wish(String channel, boolean listens, @Nullable Order order) {
    long deadline = lane.clock().nowNanos() + lane.pipes().retryNanos();
    return new Wish(channel, listens, command(channel, listens), order, deadline);
  }

  private static byte[] command(String channel, boolean listens) {
    byte[] word = channel.getBytes(StandardCharsets.ISO_8859_1);
    return Replies.request(Replies.ascii(listens ? "SSUBSCRIBE" : "SUNSUBSCRIBE"), word);
  }

  private void attempt(Wish wish) {
    Ear ear = isOver ? null : earFor(wish);
    if (ear != null) {
      ear.ask(wish);
    } else if (!isOver) {
      giveUp(wish, lane.pipes().exhausted());
    }
  }

  private @Nullable Ear earFor(Wish wish) {
    Request request = RequestParser.whole(wish.command(), wish.command().length);
    CommandSpec spec = lane.commands().get().find(request);
    for (Ear each : ears) {
      if (lane.pipes().serves(each.pipe(), request, spec)) {
        return each;
      }
    }
    Pipe pipe = lane.pipes().pin(session.pipe().key(), request, spec);
    if (pipe == null) {
      return null;
    }
    Ear ear = new Ear(this, pipe);
    ears.add(ear);
    pipe.owner(ear);
    pipe.reading(session.isTaking());
    pipe.identity().name(session.clients().name());
    return ear;
  }

  /** The node has agreed. */
  void granted(Ear ear, Wish wish) {
    String channel = wish.channel();
    if (!wish.listens()) {
      ear.heard -= heard.remove(channel, ear) ? 1 : 0;
    } else if (wish.of() == null && !heard.containsKey(channel)) {
      // The client wants it no more.
      moving.remove(channel);
      ear.ask(wish(channel, false, null));
    } else {
      moving.remove(channel);
      Ear before = heard.put(channel, ear);
      ear.heard++;
      if (before != null) {
        left(before, ear, channel);
      }
      lookLater();
    }
    tell(wish);
    closeIfIdle(ear);
  }

  private void left(Ear before, Ear now, String channel) {
    before.heard--;
    if (before != now && before.heard > 0) {
      before.ask(wish(channel, false, null));
    }
    closeIfIdle(before);
  }

  private void tell(Wish wish) {
    Order order = wish.of();
    if (order != null) {
      order.settled(confirmation(wish.listens(), wish.channel()));
    }
  }

  /** The node does not have the slot, or not yet; or it does not let the client. */
  void refused(Ear ear, Wish wish, byte[] error) {
    closeIfIdle(ear);
    String text = new String(error, StandardCharsets.UTF_8).trim();
    boolean isElsewhere = ClusterErrors.isElsewhere(text);
    if (isElsewhere && !wish.listens()) {
      // With the slot its subscribers have gone.
      granted(ear, wish);
      return;
    }
    boolean isTemporary =
        isElsewhere
            || text.startsWith("-TRYAGAIN")
            || text.startsWith("-CLUSTERDOWN")
            || text.startsWith("-LOADING");
    if (isTemporary && wish.listens() && wish.deadlineNanos() - lane.clock().nowNanos() > 0) {
      lane.pipes().suspect(text);
      attemptLater(wish);
    } else {
      giveUp(wish, isElsewhere ? ClusterErrors.MOVING : error);
    }
  }

  private void attemptLater(Wish wish) {
    session
        .channel()
        .eventLoop()
        .schedule(
            () -> {
              lane.clock().refresh();
              attempt(wish);
            },
            PAUSE_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private void giveUp(Wish wish, byte[] why) {
    Order order = wish.of();
    if (order != null) {
      order.refused(why);
    } else if (wish.listens()) {
      // It would wait for messages that never come.
      breakOff();
    }
  }

  /** The connection was lost, or never made, before the node has answered this. */
  void lost(Ear ear, Wish wish, byte @Nullable [] why) {
    if (isOver) {
      return;
    }
    if (!wish.listens()) {
      granted(ear, wish);
    } else if (wish.deadlineNanos() - lane.clock().nowNanos() > 0) {
      lane.pipes().suspect("a node cannot be reached");
      attemptLater(wish);
    } else {
      giveUp(wish, why == null ? ErrorReplies.NOT_SENT : why);
    }
  }

  /** The connection is there no more: its client may have missed messages, and has to know. */
  void gone(Ear ear) {
    if (ears.remove(ear)) {
      lane.pipes().unpin(ear.pipe(), false);
      if (heard.containsValue(ear)) {
        breakOff();
      }
    }
  }

  /** The node has the channel's slot no more, and has said so: others have it. */
  void dropped(Ear ear, String channel) {
    if (heard.get(channel) == ear && !isOver) {
      lane.pipes().suspect("a slot with subscribers has moved");
      seek(channel);
    }
  }

  /** Wherever its slot is by now, it is to be heard there. */
  private void seek(String channel) {
    if (moving.add(channel)) {
      attempt(wish(channel, true, null));
    }
  }

  private void closeIfIdle(Ear ear) {
    if (ear.isIdle() && ears.remove(ear)) {
      ear.pipe().owner(null);
      lane.pipes().unpin(ear.pipe(), false);
    }
  }

  private void lookLater() {
    if (!isLooking) {
      isLooking = true;
      session
          .channel()
          .eventLoop()
          .schedule(
              () -> {
                isLooking = false;
                look();
              },
              LOOK_MILLIS,
              TimeUnit.MILLISECONDS);
    }
  }

  /** A node that stands still does not say that others have its slots. */
  private void look() {
    if (isOver || heard.isEmpty()) {
      return;
    }
    lane.clock().refresh();
    for (Map.Entry<String, Ear> each : List.copyOf(heard.entrySet())) {
      byte[] command = command(each.getKey(), true);
      Request request = RequestParser.whole(command, command.length);
      CommandSpec spec = lane.commands().get().find(request);
      if (!lane.pipes().serves(each.getValue().pipe(), request, spec)) {
        seek(each.getKey());
      }
    }
    lookLater();
  }

  void message(byte[] frame) {
    frame[0] = type();
    session.queue().push(frame);
  }

  private byte type() {
    return (byte) (session.isResp3() ? '>' : '*');
  }

  private byte[] confirmation(boolean listens, @Nullable String channel) {
    ByteBuf out = Unpooled.buffer();
    Replies.writeHeader(out, (char) type(), 3);
    out.writeBytes(Replies.bulk(Replies.ascii(listens ? "ssubscribe" : "sunsubscribe")));
    if (channel == null) {
      out.writeBytes(session.isResp3() ? Replies.NIL3 : Replies.NIL2);
    } else {
      out.writeBytes(Replies.bulk(channel.getBytes(StandardCharsets.ISO_8859_1)));
    }
    out.writeBytes(Replies.integer(heard.size()));
    return ByteBufUtil.getBytes(out);
  }

  /** The client has to begin anew. */
  void breakOff() {
    session.closeAfterReplies();
  }

  /**
   * What a RESP2 client that listens may not send is refused, and its PING has an answer of its
   * own; false where the command is to be run.
   */
  boolean answers(Request request, CommandSpec spec) {
    Handling handling = spec.handling();
    boolean mayRun =
        handling == Handling.SUBSCRIBE
            || handling == Handling.QUIT
            || handling == Handling.RESET
            || spec == CommandSpec.UNKNOWN
            || !spec.accepts(request);
    if (mayRun) {
      return false;
    }
    if (spec.name().equals("ping")) {
      byte[] text = request.argc() > 1 ? request.bytes(1) : NOTHING;
      ByteBuf out = Unpooled.buffer();
      Replies.writeHeader(out, '*', 2);
      out.writeBytes(Replies.bulk(Replies.ascii("pong"))).writeBytes(Replies.bulk(text));
      session.answer(ByteBufUtil.getBytes(out));
    } else {
      session.answer(Replies.error(REFUSAL.formatted(spec.name())));
    }
    return true;
  }

  /** Takes from the nodes only what the client takes. */
  void reading(boolean on) {
    ears.forEach(ear -> ear.pipe().reading(on));
  }

  /** The client leaves, or begins anew. */
  void abandon() {
    isOver = true;
    for (Ear ear : List.copyOf(ears)) {
      ear.pipe().owner(null);
      lane.pipes().unpin(ear.pipe(), false);
    }
    ears.clear();
    heard.clear();
  }
}
