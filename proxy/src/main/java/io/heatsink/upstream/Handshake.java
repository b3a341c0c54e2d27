package io.heatsink.upstream;

import io.heatsink.command.OwnWords;
import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a connection says before it carries commands. Confined to its event loop. */
final class Handshake {

  /*
   * A user may lack the right to SELECT and yet be in another database, where its client was when
   * it authenticated. So the database is selected first, and again only if that was refused.
   * Nothing else is under way when credentials are told: from 7.2 on Redis does not answer wrong
   * ones at all while it owes other replies (addAuthErrReply in its acl.c).
   */

  private final List<byte[]> steps = new ArrayList<>();
  private final ByteArrayOutputStream reply = new ByteArrayOutputStream();
  private @Nullable Channel channel;
  private int answered;
  private int written;
  private byte @Nullable [] error;
  private final boolean probes;
  private final byte @Nullable [] select;
  private final boolean selectsFirst;
  private boolean stranger;

  /**
   * What is to be said.
   *
   * @param readsReplica whether a cluster's replica is to answer reads itself
   */
  Handshake(PipeKey key, boolean readsReplica) {
    Credentials credentials = key.credentials();
    probes = !credentials.isPresent() && !key.isResp3() && key.database() == 0;
    if (probes) {
      steps.add(Replies.request(OwnWords.PING));
    }
    select =
        key.database() == 0
            ? null
            : Replies.request(OwnWords.SELECT, Integer.toString(key.database()));
    selectsFirst = select != null && credentials.isPresent();
    if (select != null && selectsFirst) {
      steps.add(select);
    }
    if (key.isResp3()) {
      steps.add(credentials.hello());
    } else if (credentials.isPresent()) {
      steps.add(credentials.auth());
    }
    if (select != null && !selectsFirst) {
      steps.add(select);
    }
    if (readsReplica) {
      steps.add(Replies.request(OwnWords.READONLY));
    }
  }

  boolean isDone() {
    return answered == steps.size();
  }

  /** The error reply that ended the handshake, or null. */
  byte @Nullable [] error() {
    return error;
  }

  /** Whether the backend lets in only who authenticates, and this connection does not. */
  boolean isStranger() {
    return stranger;
  }

  /** Says what is to be said, up to where an answer must come first. */
  void write(Channel to) {
    channel = to;
    int until = selectsFirst && answered == 0 ? 1 : steps.size();
    ByteBuf out = to.alloc().directBuffer(256);
    for (; written < until; written++) {
      out.writeBytes(steps.get(written));
    }
    to.writeAndFlush(out, to.voidPromise());
  }

  void part(ByteBuf bytes, int index, int length, boolean last) {
    byte[] copy = new byte[length];
    bytes.getBytes(index, copy);
    reply.writeBytes(copy);
    if (last) {
      byte[] whole = reply.toByteArray();
      reply.reset();
      answered++;
      if (answered == 1 && selectsFirst && select != null) {
        if (whole[0] == '-') {
          steps.add(select);
        }
        write(Objects.requireNonNull(channel));
      } else if (probes) {
        stranger = new String(whole, StandardCharsets.US_ASCII).startsWith("-NOAUTH");
      } else if (whole[0] == '-' && error == null) {
        error = whole;
      }
    }
  }
}
