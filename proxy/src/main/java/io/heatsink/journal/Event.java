package io.heatsink.journal;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that who looks after Heatsink wants to know. Immutable.
 *
 * @param number grows by one with each
 * @param atMillis when, in milliseconds since 1970
 * @param text one line for an operator
 * @param key the bytes of the key that it is about, or null
 */
@SuppressWarnings("ArrayRecordComponent") // never changed
public record Event(
    long number, long atMillis, Kind kind, Severity severity, String text, byte @Nullable [] key) {

  /** What it is about. */
  public enum Kind {
    KEY,
    TRACKING,
    BACKEND,
    TOPOLOGY,
    CLIENT,
    POLICY,
    CONFIG,
    COUNTER,
    FLUSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How much it matters. */
  public enum Severity {
    INFO,
    GOOD,
    WARNING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
