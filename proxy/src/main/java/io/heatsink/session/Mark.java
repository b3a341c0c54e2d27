package io.heatsink.session;

import io.heatsink.command.ErrorReplies;
import io.heatsink.command.OwnWords;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.upstream.Links;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The reply to a WAIT on a connection that its client's writes did not travel on. Confined to its
 * event loop.
 */
final class Mark implements ReplySlot {

  /*
   * Redis counts from the last command of the same connection, and from 7.2 on from the last one
   * that was passed on to replicas. So one is sent ahead, which comes after all that the client has
   * written: where there is no cluster a message to a shard channel that nobody hears, and in a
   * cluster, whose nodes do not pass messages on so, a key that is set and removed at once. If the
   * node refuses that, the number which WAIT says would mean nothing, and the client is told why.
   * Not where it is too old for shard channels, for which PING does, nor where it refuses WAIT as
   * well, since its client is a subscriber: WAIT then says so itself. How old it is, is not known
   * until the backend has told its commands.
   */

  private static final byte[] PING = Replies.request(OwnWords.PING);
  private static final String NAME = "heatsink:wait";
  private static final byte[] MESSAGE = Replies.request(OwnWords.SPUBLISH, NAME, "");
  private static final byte[] MULTI = Replies.request("MULTI");
  private static final byte[] EXEC = Replies.request("EXEC");
  private static final byte[] UNKNOWN = Replies.ascii("-ERR unknown command");
  private static final byte[] SUBSCRIBED = Replies.ascii("-ERR Can't execute");
  private static final byte[] DONE = Replies.ascii("*2\r\n+OK\r\n:1\r\n");

  private static final String REFUSED =
      "ERR Heatsink: before WAIT something is written to %s, which was refused: %s";

  private final ReplySlot to;
  private byte @Nullable [] refusal;

  private Mark(ReplySlot to) {
    this.to = to;
  }

  /**
   * Sends what has to go ahead of WAIT.
   *
   * @param isOld whether the backend is known to be older than 7.2
   * @return who is to get the reply to WAIT itself
   */
  static ReplySlot ahead(Pipe pipe, Links links, boolean isOld, ReplySlot to) {
    if (isOld) {
      pipe.send(PING, ReplySlot.NOBODY);
      return to;
    }
    Mark mark = new Mark(to);
    if (links.isSpread()) {
      byte[] key = links.keyAt(pipe, NAME);
      pipe.send(MULTI, ReplySlot.NOBODY);
      pipe.send(Replies.request(Replies.ascii("SET"), key, key), mark.checked());
      pipe.send(Replies.request(Replies.ascii("DEL"), key), mark.checked());
      pipe.send(EXEC, WholeReply.then(mark::done));
    } else {
      pipe.send(PING, ReplySlot.NOBODY);
      pipe.send(MESSAGE, mark.checked());
    }
    return mark;
  }

  private ReplySlot checked() {
    return WholeReply.then(
        reply -> {
          if (reply.isError() && !reply.begins(UNKNOWN) && !reply.begins(SUBSCRIBED)) {
            refused(reply.encoded());
          }
        });
  }

  private void done(WholeReply reply) {
    if (!Arrays.equals(reply.encoded(), DONE)) {
      refused(reply.encoded());
    }
  }

  private void refused(byte[] error) {
    if (refusal != null) {
      return;
    }
    String text = new String(error, StandardCharsets.UTF_8).trim();
    if (ClusterErrors.isElsewhere(text)) {
      refusal = ClusterErrors.MOVING;
    } else if (ErrorReplies.isOwn(error)) {
      refusal = error;
    } else {
      String why = text.startsWith("-") ? text.substring(1) : text;
      refusal = Replies.error(REFUSED.formatted(NAME, why));
    }
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    byte[] instead = refusal;
    if (instead == null) {
      to.part(bytes, index, length, last);
    } else if (last) {
      to.part(Unpooled.wrappedBuffer(instead), 0, instead.length, true);
    }
  }

  @Override
  public void fail(byte[] error) {
    to.fail(error);
  }
}
