package io.heatsink.command;

/**
 * One client's reads under way of keys of which something is kept, or will be. What they show may
 * be newer than what is kept, so nothing of that may be answered behind them. Confined to its event
 * loop.
 */
public interface Looks {

  /** No read of a key is under way. */
  long NONE = 0;

  /** Reads of more than one kind are under way, or one of many keys. */
  long SEVERAL = -1;

  /**
   * The client's latest command is a read, upstream, of the key with this hash.
   *
   * @param read what tells it from other reads, or {@link #SEVERAL}
   */
  void at(long keyHash, long read);

  /** Whether any is under way. */
  boolean any();

  /** Which read of this key is under way, if it is only one; seldom another key's counts too. */
  long of(long keyHash);
}
