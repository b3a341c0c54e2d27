package io.heatsink.service;

import java.util.concurrent.CountDownLatch;

/**
 * The wish of whoever started this process that it ends. Taken from before the first client can be
 * there, so that each of them is seen off. Thread-safe.
 */
public final class Stop {

  /** What a process ends with that a signal has ended: 128 and the signal's number. */
  private static final int TERMINATED = 128 + 15;

  private final CountDownLatch told = new CountDownLatch(1);
  private final boolean isHandled;

  private Stop() {
    isHandled = Signals.on("TERM", this::tell) && Signals.on("INT", this::tell);
  }

  /** From now on SIGTERM and SIGINT end the wait of {@link #await}, and nothing else. */
  public static Stop onSignals() {
    return new Stop();
  }

  /** False where this system or JVM does not let go of those signals. */
  public boolean isHandled() {
    return isHandled;
  }

  /** Waits until this process is told to end. */
  public void await() throws InterruptedException {
    told.await();
  }

  /** Told a second time, it waits for nothing. */
  private void tell() {
    if (told.getCount() == 0) {
      Runtime.getRuntime().halt(TERMINATED);
    }
    told.countDown();
  }
}
