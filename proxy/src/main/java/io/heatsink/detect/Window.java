package io.heatsink.detect;

import java.util.Arrays;

/**
 * The panes of a sliding window: when each began and how many commands it saw. Confined to its
 * event loop.
 *
 * <p>A pane is over after so many commands or so much time, whichever comes first: a busy lane
 * looks back over a number of commands, a quiet one over a time.
 */
final class Window {

  /*
   * One pane more is kept than the window is long: the window ends somewhere inside the oldest one,
   * which is taken to have been even. As the current pane fills, the same fraction of the oldest
   * one is let go (the "sliding window counter" of rate limiters, applied a pane at a time).
   */

  /** Panes in a window, not counting the one that is being left. */
  static final int PANES = 32;

  /** Panes over which a burst is judged: the current one and the one before. */
  static final int BURST_PANES = 2;

  static final int COMMANDS = 200_000;
  static final int PANE_COMMANDS = COMMANDS / PANES;
  static final long SPAN_NANOS = 2_000_000_000L;
  static final long PANE_NANOS = SPAN_NANOS / PANES;

  /** No lane takes a window full of commands faster; guards rates against a clock that stands. */
  private static final double MIN_SPAN_SECONDS = 0.01;

  private final long[] startNanos = new long[PANES + 1];
  private final long[] commands = new long[PANES + 1];
  private final long[] samples = new long[PANES + 1];
  private int current;
  private long otherCommands;
  private long otherSamples;

  private long paneStartNanos;
  private long paneCommands;
  private long paneSamples;

  /** Starts over: nothing has been seen in the time before {@code nowNanos}. */
  void begin(long nowNanos) {
    Arrays.fill(commands, 0);
    Arrays.fill(samples, 0);
    otherCommands = 0;
    otherSamples = 0;
    paneCommands = 0;
    paneSamples = 0;
    current = PANES;
    for (int i = 0; i <= PANES; i++) {
      startNanos[i] = nowNanos - (PANES - i) * PANE_NANOS;
    }
    paneStartNanos = nowNanos;
  }

  /** Counts one sample that stands for {@code weight} commands. */
  void add(int weight) {
    paneCommands += weight;
    paneSamples++;
  }

  /** Whether the current pane has had its commands or its time. */
  boolean isPaneOver(long nowNanos) {
    return paneCommands >= PANE_COMMANDS || nowNanos - paneStartNanos >= PANE_NANOS;
  }

  long paneStartNanos() {
    return paneStartNanos;
  }

  /** Ends the current pane and begins one at {@code nanos}; the oldest pane is forgotten. */
  void turn(long nanos) {
    commands[current] = paneCommands;
    samples[current] = paneSamples;
    otherCommands += paneCommands;
    otherSamples += paneSamples;
    current = after(current);
    otherCommands -= commands[current];
    otherSamples -= samples[current];
    startNanos[current] = nanos;
    paneStartNanos = nanos;
    paneCommands = 0;
    paneSamples = 0;
  }

  /** How much of the current pane is over, 0 to 1: so much of the oldest has left the window. */
  double fraction(long nowNanos) {
    double byCommands = (double) paneCommands / PANE_COMMANDS;
    double byTime = (double) (nowNanos - paneStartNanos) / PANE_NANOS;
    return Math.min(1, Math.max(byCommands, byTime));
  }

  /** Commands in the window, scaled back by the sampling. */
  double total(double fraction) {
    int oldest = after(current);
    return otherCommands + paneCommands - fraction * commands[oldest];
  }

  /** Commands in the current pane and the one before, scaled back by the sampling. */
  long burstCommands() {
    return paneCommands + commands[current == 0 ? PANES : current - 1];
  }

  /** The time that the window covers. */
  double seconds(double fraction, long nowNanos) {
    int oldest = after(current);
    double left = fraction * (startNanos[after(oldest)] - startNanos[oldest]);
    return Math.max(MIN_SPAN_SECONDS, (nowNanos - startNanos[oldest] - left) / 1e9);
  }

  /** Commands a sample stands for, on average over the panes; 1 when there are none. */
  double meanWeight() {
    long all = otherSamples + paneSamples;
    return all == 0 ? 1 : (double) (otherCommands + paneCommands) / all;
  }

  private static int after(int pane) {
    return pane == PANES ? 0 : pane + 1;
  }
}
