package io.heatsink.policy;

import java.util.Locale;

/** What a read of a key may return; {@code docs/consistency.md} says it for users. */
public enum Level {
  /** What Redis says to this very read: nothing is kept, and no reply is shared. */
  FRESH(false, false),
  /** What was current at some moment after the read began: replies are shared, and none is kept. */
  COALESCED(false, false),
  /** What was current until a change that Redis is telling of; where it does not, as TTL. */
  TRACKED(true, true),
  /** What is at most one TTL old; Redis need not remember who has read it. */
  TTL(true, false),
  /** As TRACKED; while Redis cannot be reached, also what is older, up to a bound. */
  STALE_IF_ERROR(true, true);

  private final boolean keeps;
  private final boolean tracks;

  Level(boolean keeps, boolean tracks) {
    this.keeps = keeps;
    this.tracks = tracks;
  }

  /** Whether answers may be kept. */
  public boolean keeps() {
    return keeps;
  }

  /** Whether Redis is asked to tell of changes. */
  public boolean tracks() {
    return tracks;
  }

  /** As it is written in the settings. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
