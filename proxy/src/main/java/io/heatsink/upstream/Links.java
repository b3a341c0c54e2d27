package io.heatsink.upstream;

import io.heatsink.command.CommandSpec;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One lane's connections to the backend, be that one server or many. Confined to its event loop.
 */
public interface Links {

  /** The link of this key, held until {@link #release}; null over the bound. */
  @Nullable Link acquire(PipeKey key);

  /** Gives a link back; the last one to do so has it closed after a while. */
  void release(Link link);

  /** Whether keys are spread over nodes. */
  boolean isSpread();

  /**
   * A connection for one session alone; null over the bound.
   *
   * @param request what it is for first, if that is known
   */
  @Nullable Pipe pin(PipeKey key, @Nullable Request request, @Nullable CommandSpec spec);

  /**
   * As {@link #pin}, one to each node that has slots in these parts ({@link Link#parts}), to any
   * node where there are none.
   *
   * @return empty over the bound, or where keys are not spread
   */
  default List<Pipe> pinEach(PipeKey key, long parts) {
    return List.of();
  }

  /** Whether this connection, which was pinned, leads where this request has to travel. */
  boolean serves(Pipe pinned, Request request, CommandSpec spec);

  /** A name that begins so of a key that is where this connection, which was pinned, leads. */
  default byte[] keyAt(Pipe pinned, String prefix) {
    return Replies.ascii(prefix);
  }

  /** A node has said so: what is known of who has what may be outdated. */
  void suspect(String why);

  /** How long a command may wait for a node that takes it. */
  default long retryNanos() {
    return 0;
  }

  /** Calls back once when {@link #pin} is worth another try; callers are served in their order. */
  Pipes.Waiter whenFree(Consumer<Boolean> told);

  /** The waiter is no longer to be called. */
  void forget(Pipes.Waiter waiter);

  /** The error of a client that gets no pinned connection. */
  byte[] exhausted();

  /** Takes a pinned connection back; a clean one is kept for the next session. */
  void unpin(Pipe pipe, boolean clean);

  /** Commands on shared connections that wait for their reply. */
  long underWay();

  /** Closes every connection; commands under way are answered with an error. */
  void close();
}
