package io.heatsink.command;

import org.jspecify.annotations.Nullable;

/** What the rooms behind the session may know of the one who asks. Confined to its event loop. */
public interface Client {

  /** The connection shared by all clients of this user, database and protocol. */
  Upstream upstream();

  /** The selected database. */
  int database();

  /** A number for the backend's user whose rights this client has. */
  int user();

  /** Whether replies go out as RESP3. */
  boolean isResp3();

  /** Whether its reads are to be answered by the backend alone, whatever their keys allow. */
  boolean wantsFresh();

  /** Takes the next place in the reply order. */
  Place reserve();

  /** Takes the next place and fills it with an encoded reply, which is not changed afterwards. */
  default void answer(byte[] reply) {
    answer(reply, 0, reply.length);
  }

  /** As above, with a part of an array. */
  void answer(byte[] bytes, int from, int length);

  /** Its reads under way of keys of which something is kept. */
  Looks looks();

  /** Where the client's latest command waits unsent, or null. */
  @Nullable Deferred deferred();

  /** Remembers where the client's latest command waits. */
  void defer(@Nullable Deferred deferred);

  /** Sends what waits, so that the next command runs after it. */
  default void dispatchDeferred() {
    Deferred waiting = deferred();
    if (waiting != null) {
      defer(null);
      waiting.release(this);
    }
  }
}
