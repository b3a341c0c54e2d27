package io.heatsink.upstream;

import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a connection says before it carries commands. Confined to its event loop. */
final class Handshake {

  private final List<byte[]> steps = new ArrayList<>();
  private final ByteArrayOutputStream reply = new ByteArrayOutputStream();
  private int answered;
  private byte @Nullable [] error;
  private final boolean probes;
  private boolean stranger;

  Handshake(PipeKey key) {
    Credentials credentials = key.credentials();
    probes = !credentials.isPresent() && !key.isResp3() && key.database() == 0;
    if (probes) {
      steps.add(Replies.request("PING"));
    }
    if (key.isResp3()) {
      steps.add(credentials.hello());
    } else if (credentials.isPresent()) {
      steps.add(credentials.auth());
    }
    if (key.database() != 0) {
      steps.add(Replies.request("SELECT", Integer.toString(key.database())));
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

  void write(ByteBuf out) {
    steps.forEach(out::writeBytes);
  }

  void part(ByteBuf bytes, int index, int length, boolean last) {
    byte[] copy = new byte[length];
    bytes.getBytes(index, copy);
    reply.writeBytes(copy);
    if (last) {
      byte[] whole = reply.toByteArray();
      reply.reset();
      answered++;
      if (probes) {
        stranger = new String(whole, StandardCharsets.US_ASCII).startsWith("-NOAUTH");
      } else if (whole[0] == '-' && error == null) {
        error = whole;
      }
    }
  }
}
