package io.heatsink.cache;

import io.heatsink.resp.Bytes;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
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
    return database == fromDatabase
        && user == fromUser
        && key.length == request.length(word)
        && Bytes.equal(request.buffer(), request.offset(word), key, key.length);
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
