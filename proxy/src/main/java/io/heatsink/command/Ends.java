package io.heatsink.command;

/** Told when what may have changed keys is over. Thread-safe. */
public interface Ends {

  /** A write to this key has been answered, or the backend has told of a change. */
  void ended(long keyHash);

  /** The same of what may have changed any key. */
  void everythingEnded();
}
