package io.heatsink.journal;

import io.heatsink.journal.Event.Kind;
import io.heatsink.journal.Event.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The latest events. Thread-safe. */
public final class EventLog {

  /** So many are kept. */
  public static final int MAX_EVENTS = 512;

  private final Ring<Event> ring = new Ring<>(MAX_EVENTS);

  /** Notes what has happened just now. */
  public void add(Kind kind, Severity severity, String text) {
    add(kind, severity, text, null);
  }

  /** The same of a key, whose bytes are not changed afterwards. */
  public void add(Kind kind, Severity severity, String text, byte @Nullable [] key) {
    long number = ring.nextNumber();
    long now = System.currentTimeMillis();
    ring.put(number, new Event(number, now, kind, severity, text, key));
  }

  /** The newest first. */
  public List<Event> latest(int most) {
    return ring.latest(most);
  }
}
