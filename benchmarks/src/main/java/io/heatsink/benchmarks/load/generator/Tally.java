package io.heatsink.benchmarks.load.generator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What came back, and when. Confined to its event loop. */
final class Tally {

  private static final long HIGHEST_NANOS = 120_000_000_000L;
  private static final int DIGITS = 3;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double LATE_PERCENTILE = 99;
  private static final int ERROR_CHARACTERS = 200;

  private final Histogram latency = new Histogram(HIGHEST_NANOS, DIGITS);
  private final Histogram late = new Histogram(HIGHEST_NANOS, DIGITS);
  private long errors;
  private long nils;
  private String firstError = "";

  /** Looks at the first bytes of a reply. */
  void look(ByteBuf in, int at, int to) {
    byte type = in.getByte(at);
    if (type == '-') {
      errors++;
      if (firstError.isEmpty()) {
        firstError = in.toString(at, Math.min(to - at, ERROR_CHARACTERS), ISO_8859_1);
      }
    } else if (type == '$' && at + 1 < to && in.getByte(at + 1) == '-') {
      nils++;
    }
  }

  /** So many commands were answered that were to be sent at the same time. */
  void answered(int commands, long nanos) {
    latency.recordValueWithCount(Math.max(0, Math.min(nanos, HIGHEST_NANOS)), commands);
  }

  /** The generator sent later than it meant to, though it could have. */
  void late(long nanos) {
    late.recordValue(Math.max(0, Math.min(nanos, HIGHEST_NANOS)));
  }

  void reset() {
    latency.reset();
    late.reset();
    errors = 0;
    nils = 0;
    firstError = "";
  }

  Outcome outcome(long reads, long writes, double seconds) {
    List<Double> millis =
        Outcome.PERCENTILES.stream()
            .map(percentile -> latency.getValueAtPercentile(percentile) / NANOS_PER_MILLI)
            .toList();
    return new Outcome(
        reads,
        writes,
        seconds,
        errors,
        nils,
        firstError,
        millis,
        late.getValueAtPercentile(LATE_PERCENTILE) / NANOS_PER_MILLI);
  }
}
