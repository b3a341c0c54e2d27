package io.heatsink.command;

/**
 * One client's reads under way of keys of which something is kept, or will be. What they show may
 * be newer than what is kept, so nothing of that may be answered behind them. Confined to its event
 * loop.
 */
public interface Looks {

  /** The client's latest command is a read, upstream, of the key with this hash. */
  void at(long keyHash);

  /** Whether any is under way. */
  boolean any();

  /** Whether one of this key is under way, or perhaps of another. */
  boolean isAt(long keyHash);
}
