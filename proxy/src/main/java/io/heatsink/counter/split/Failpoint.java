package io.heatsink.counter.split;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where tests have the process die, as by {@code kill -9}, between two steps: the system property
 * {@code heatsink.halt-at} names the step, and the how-manieth time it is reached.
 */
enum Failpoint {
  ENROLLED,
  OPENED,
  INITIALISED_SOME,
  INITIALISED,
  ACTIVATED,
  INCREMENTED,
  LED,
  KEPT,
  SEALED_SOME,
  SEALED,
  APPLIED,
  CLEANED,
  LEFT;

  private static final @Nullable String HALT_AT = System.getProperty("heatsink.halt-at");
  private static final AtomicInteger LEFT_OVER =
      new AtomicInteger(HALT_AT == null ? 0 : times(HALT_AT));

  private static int times(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1));
  }

  /** The step has been taken; on any thread. */
  void reached() {
    boolean isIt = HALT_AT != null && HALT_AT.startsWith(name() + ":");
    if (isIt && LEFT_OVER.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(137);
    }
  }
}
