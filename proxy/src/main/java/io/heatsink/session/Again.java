package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.ErrorReplies;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A script on its way to a node of a cluster, which is sent again where its slot has gone
 * elsewhere: it was not run then, which the node is asked to confirm. That is done only while its
 * client has sent nothing behind it. Confined to its event loop.
 */
final class Again implements ReplySlot {

  private static final int MAX_BYTES = 64 * 1024;
  private static final long PAUSE_MILLIS = 20;

  private final Session session;
  private final Pin pin;
  private final LaneContext lane;
  private final byte[] command;
  private final byte[] question;
  private final ReplySlot to;
  private final long deadlineNanos;
  private boolean begun;

  private Again(
      Session session, Pin pin, LaneContext lane, byte[] command, byte[] question, ReplySlot to) {
    this.session = session;
    this.pin = pin;
    this.lane = lane;
    this.command = command;
    this.question = question;
    this.to = to;
    this.deadlineNanos = lane.clock().nowNanos() + lane.pipes().retryNanos();
  }

  /** Looks at the reply on its way. */
  static ReplySlot in(Session session, Pin pin, LaneContext lane, Request request, ReplySlot to) {
    if (!lane.pipes().isSpread() || request.length() > MAX_BYTES) {
      return to;
    }
    byte[] question = NotRun.question(request, lane.commands().get().find(request));
    return question == null ? to : new Again(session, pin, lane, request.encoded(), question, to);
  }

  @Override
  public boolean declines(long bytes) {
    return to.declines(bytes);
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    if (!begun && last && bytes.getByte(index) == '-' && mayWait()) {
      String error = bytes.toString(index, length, StandardCharsets.UTF_8).trim();
      Pipe here = pin.pipe();
      if (here != null && NotRun.mayBe(error)) {
        session.await(Waits.PINNING);
        here.send(question, WholeReply.then(answer -> judge(error, answer)));
        return;
      }
    }
    begun = true;
    to.part(bytes, index, length, last);
  }

  /** The node has been asked whether it was it who spoke. */
  private void judge(String error, WholeReply answer) {
    if (mayWait() && NotRun.isBorneOut(error, answer.encoded())) {
      lane.pipes().suspect(error);
      lane.stats().retries++;
      session.channel().eventLoop().schedule(this::send, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      byte[] reply = Replies.error(error.substring(1));
      to.part(Unpooled.wrappedBuffer(reply), 0, reply.length, true);
      session.resume(Waits.PINNING);
    }
  }

  private boolean mayWait() {
    return session.isOpen()
        && session.queue().size() == 1
        && deadlineNanos - lane.clock().nowNanos() > 0;
  }

  private void send() {
    lane.clock().refresh();
    RequestParser parser = new RequestParser(lane.limits());
    boolean isWhole =
        session.isOpen() && parser.parse(Unpooled.wrappedBuffer(command)) == RequestParser.REQUEST;
    Pipe there = isWhole ? moved(parser.request()) : null;
    if (there == null) {
      to.fail(ErrorReplies.NOT_SENT);
    } else {
      there.send(command, this);
    }
    session.resume(Waits.PINNING);
  }

  private @Nullable Pipe moved(Request request) {
    CommandSpec spec = lane.commands().get().find(request);
    return pin.move(request, spec, true);
  }

  @Override
  public void fail(byte[] error) {
    to.fail(error);
  }
}
