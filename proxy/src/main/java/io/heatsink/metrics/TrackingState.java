package io.heatsink.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Whether the backend tells of changes, as far as all lanes have asked it. Thread-safe. */
public final class TrackingState {

  private final AtomicInteger connections = new AtomicInteger();
  private final Map<Object, String> refusals = new ConcurrentHashMap<>();

  /** So many connections more, or fewer, have their reads tracked. */
  public void add(int count) {
    connections.addAndGet(count);
  }

  /**
   * The backend will not track for this one.
   *
   * @param who what {@link #withdraw} will be given
   * @param why in the backend's words
   */
  public void refuse(Object who, String why) {
    refusals.put(who, why);
  }

  /** A refusal holds no longer, if there was one. */
  public void withdraw(Object who) {
    refusals.remove(who);
  }

  /** Connections whose reads are tracked. */
  public int connections() {
    return connections.get();
  }

  /** For an operator: on, off, or on for some users only, and why. */
  @Override
  public String toString() {
    boolean isOn = connections.get() > 0;
    String why = refusals.values().stream().findAny().orElse("");
    if (why.isEmpty()) {
      return isOn ? "on" : "not yet asked";
    }
    return (isOn ? "on, but not for everyone (" : "off (") + why + ")";
  }
}
