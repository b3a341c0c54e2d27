package io.heatsink.upstream;

import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a connection says before it carries commands. Confined to its event loop. */
final class Handshake {

  private final List<byte[]> steps = new ArrayList<>();
  private final ByteArrayOutputStream reply = new ByteArrayOutputStream();
  private int answered;
  private byte @Nullable [] error;

  Handshake(PipeKey key) {
    Credentials credentials = key.credentials();
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
      if (whole[0] == '-' && error == null) {
        error = whole;
      }
    }
  }
}
