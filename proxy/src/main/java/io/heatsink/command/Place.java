package io.heatsink.command;

/**
 * A client's place in the order of its replies, taken before the command travels.
 *
 * <p>Confined to its event loop.
 */
public interface Place extends ReplySlot {

  /** Has {@code writes} told when the reply comes that the write to this key has ended. */
  void ends(Writes writes, long keyHash);

  /** As above for many keys; an empty array stands for every key. */
  void ends(Writes writes, long[] keyHashes);

  /** Has {@code landings} told once the reply has come or cannot come. */
  void lands(Landings landings, long number);

  /** As above, but before any of the reply is shown, and not if none can come. */
  void landsFirst(Landings landings, long number);

  /** The whole reply, encoded; not changed afterwards. */
  void complete(byte[] reply);
}
