package io.heatsink.flight;

import io.heatsink.command.Client;
import io.heatsink.command.ReplySlot;
import io.heatsink.resp.Request;
import org.jspecify.annotations.Nullable;

/** Listens to a coalesced read's reply, to keep it. Confined to its event loop. */
public interface Capture extends ReplySlot {

  /** Makes captures, one for a flight. */
  interface Source {
    /** Who listens to the reply of this read, or null. */
    @Nullable Capture of(Client client, Request request, long hash);

    /** Whether the reply to a read that this client sends now may be kept. */
    default boolean mayKeep(Client client, Request request, long hash) {
      return true;
    }
  }

  /** The read is about to be sent, after what is sent in here; false to not keep its reply. */
  boolean begin();

  /** Whether a reply under way is as good as one asked for now. */
  boolean isCurrent();

  /** One more client waits for the reply of a read that has been sent. */
  void joined();
}
