package io.heatsink.cache;

import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One answer kept: immutable.
 *
 * @param key the key's bytes
 * @param database where it lives
 * @param user whose rights it was read with
 * @param reply the encoded reply, or null for a key that does not exist
 * @param deadlineNanos when it may not be served any more
 */
public record Entry(
    byte[] key, int database, int user, byte @Nullable [] reply, long deadlineNanos) {

  /** Objects, table node and policy links of one entry, beside its bytes. */
  private static final int OVERHEAD_BYTES = 240;

  int weightBytes() {
    return OVERHEAD_BYTES + key.length + (reply == null ? 0 : reply.length);
  }

  /** Whether it answers this word of a request from this user and database. */
  boolean answers(Request request, int word, int fromDatabase, int fromUser) {
    if (database != fromDatabase || user != fromUser || key.length != request.length(word)) {
      return false;
    }
    ByteBuf bytes = request.buffer();
    int at = request.offset(word);
    for (int i = 0; i < key.length; i++) {
      if (bytes.getByte(at + i) != key[i]) {
        return false;
      }
    }
    return true;
  }

  /** The reply in the client's protocol. */
  public byte[] reply(boolean resp3) {
    byte[] found = reply;
    if (found != null) {
      return found;
    }
    return resp3 ? Replies.NIL3 : Replies.NIL2;
  }
}
