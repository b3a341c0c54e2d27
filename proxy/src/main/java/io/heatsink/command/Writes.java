package io.heatsink.command;

/** Told of writes, so that no older value is served while one is under way or after it. */
public interface Writes {

  /** A write to this key is about to be sent. */
  void begin(long keyHash);

  /** Its reply has come, or can't come. */
  void end(long keyHash);

  /** A command that may change any key is about to be sent. */
  void beginEverything();

  /** Its reply has come, or can't come. */
  void endEverything();
}
