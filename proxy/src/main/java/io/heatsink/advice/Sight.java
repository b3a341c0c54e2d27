package io.heatsink.advice;

import io.heatsink.detect.HotKey;
import io.heatsink.detect.Sampled;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What was seen of the hot keys of one pattern. Confined to the advisor's lock. */
final class Sight {

  private static final int MOST_KEYS = 1_000;

  /** Fewer reads than so many to a write do not pay for what keeping them costs. */
  private static final int PAYING_READS = 4;

  private static final Pattern EXACT =
      Pattern.compile(
          "balance|wallet|account|payment|lock|mutex|lease|stock|inventory|quota|nonce|otp",
          Pattern.CASE_INSENSITIVE);

  private final String pattern;
  private final Set<Long> keys = new HashSet<>();
  private double reads;
  private double writes;
  private long looks;
  private long latestLook;
  private long sampledReads;
  private long sampledHits;
  private long increments;
  private long combined;

  Sight(String pattern) {
    this.pattern = pattern;
  }

  void see(HotKey key, long look) {
    if (keys.size() < MOST_KEYS) {
      keys.add(key.hash());
    }
    reads += key.readsPerSecond();
    writes += key.writesPerSecond();
    looks += look == latestLook ? 0 : 1;
    latestLook = look;
  }

  void outcome(Sampled.Counts counts) {
    sampledReads += counts.reads();
    sampledHits += counts.hits();
    increments += counts.writes();
    combined += counts.combined();
  }

  /** Commands seen, to tell the busy from the others. */
  double commands() {
    return reads + writes;
  }

  /** The level for reads of these keys, as it is written in the settings. */
  String level() {
    if (soundsExact()) {
      return "fresh";
    }
    return isCounter() || reads < PAYING_READS * writes ? "coalesced" : "tracked";
  }

  /** Whether increments are what makes them hot. */
  boolean isCounter() {
    return increments > 0 && writes * PAYING_READS > reads;
  }

  private boolean soundsExact() {
    return EXACT.matcher(pattern).find();
  }

  /** One line on why. */
  String why() {
    double seconds = Math.max(1, looks);
    String seen =
        String.format(
            Locale.ROOT,
            "%,.0f reads/s, %,.0f writes/s of %d hot key%s: ",
            reads / seconds,
            writes / seconds,
            keys.size(),
            keys.size() == 1 ? "" : "s");
    if (soundsExact()) {
      return seen + "by its name no read may be old; if one may, use tracked";
    }
    if (isCounter()) {
      return seen + percent(combined, increments) + " of the increments would have met others";
    }
    return seen
        + (reads < PAYING_READS * writes
            ? "written too often for a kept answer to pay"
            : percent(sampledHits, sampledReads) + " of the reads would have come from memory");
  }

  String pattern() {
    return pattern;
  }

  private static String percent(long part, long whole) {
    return String.format(Locale.ROOT, "%.1f %%", whole == 0 ? 0 : 100.0 * part / whole);
  }
}
