package io.heatsink.command;

/** Told of replies that have come. Confined to its event loop. */
public interface Landings {

  /** The reply of {@code slot}, sent under this number, is whole, or cannot come. */
  void landed(long number, ReplySlot slot);
}
