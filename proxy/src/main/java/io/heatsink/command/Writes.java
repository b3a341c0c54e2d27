package io.heatsink.command;

/** Told of changes, so that no older value is served while one is under way or after it. */
public interface Writes {

  /** A connection whose writes are not known to run before what is sent on it later. */
  int UNORDERED = 0;

  /** A write to this key is about to be sent on the connection of this number. */
  void begin(long keyHash, int connection);

  /** Its reply has come, or can't come. */
  void end(long keyHash);

  /** A command that may change any key is about to be sent on the connection of this number. */
  void beginEverything(int connection);

  /** Its reply has come, or can't come. */
  void endEverything();

  /** Whether no write to this key is under way. */
  boolean isQuiet(long keyHash);

  /** The backend says that this key has changed, whoever changed it. */
  void changed(long keyHash);

  /** Any key may have changed. */
  void everythingChanged();
}
