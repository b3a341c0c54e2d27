package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.ErrorReplies;
import io.heatsink.command.ReplySlot;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A script on its way to a node of a cluster, which is sent again where its slot has gone
 * elsewhere: it was not run then. That is done only while its client has sent nothing behind it.
 * Confined to its event loop.
 */
final class Again implements ReplySlot {

  private static final int MAX_BYTES = 64 * 1024;
  private static final long PAUSE_MILLIS = 20;

  /** In Redis' own words, which a script that has run does not return. */
  private static final Pattern NOT_RUN =
      Pattern.compile(
          "-(?:MOVED|ASK) [0-9]+ \\S+:[0-9]+"
              + "|-TRYAGAIN Multiple keys request during rehashing of slot"
              + "|-CLUSTERDOWN (?:Hash slot not served|The cluster is down.*)");

  private final Session session;
  private final Pin pin;
  private final LaneContext lane;
  private final byte[] command;
  private final ReplySlot to;
  private final long deadlineNanos;
  private boolean begun;

  private Again(Session session, Pin pin, LaneContext lane, byte[] command, ReplySlot to) {
    this.session = session;
    this.pin = pin;
    this.lane = lane;
    this.command = command;
    this.to = to;
    this.deadlineNanos = lane.clock().nowNanos() + lane.pipes().retryNanos();
  }

  /** Looks at the reply on its way. */
  static ReplySlot in(Session session, Pin pin, LaneContext lane, Request request, ReplySlot to) {
    boolean isSmall = request.length() <= MAX_BYTES;
    return lane.pipes().isSpread() && isSmall
        ? new Again(session, pin, lane, request.encoded(), to)
        : to;
  }

  @Override
  public boolean declines(long bytes) {
    return to.declines(bytes);
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    if (!begun && last && bytes.getByte(index) == '-' && mayWait()) {
      String error = bytes.toString(index, length, StandardCharsets.UTF_8).trim();
      if (NOT_RUN.matcher(error).matches()) {
        lane.pipes().suspect(error);
        lane.stats().retries++;
        session.await(Waits.PINNING);
        session.channel().eventLoop().schedule(this::send, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return;
      }
    }
    begun = true;
    to.part(bytes, index, length, last);
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
