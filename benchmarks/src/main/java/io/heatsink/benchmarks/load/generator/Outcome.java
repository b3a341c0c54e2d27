package io.heatsink.benchmarks.load.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a generator measured. Immutable.
 *
 * @param reads commands answered that read
 * @param writes commands answered that write
 * @param seconds from the first command to the last reply
 * @param errors error replies
 * @param nils replies without a value
 * @param firstError the first error reply; empty without one
 * @param millis latencies at {@link #PERCENTILES}
 * @param lateMillis how late the generator itself sent, 99th percentile; 0 in a closed loop
 */
public record Outcome(
    long reads,
    long writes,
    double seconds,
    long errors,
    long nils,
    String firstError,
    List<Double> millis,
    double lateMillis) {

  /** What is told of the latencies. */
  public static final List<Double> PERCENTILES =
      List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.95, 99.99, 100.0);

  private static final String START = "outcome ";
  private static final int FIELDS = 6;

  public Outcome {
    millis = List.copyOf(millis);
  }

  /** Commands answered. */
  public long commands() {
    return reads + writes;
  }

  /** Commands answered a second. */
  public double perSecond() {
    return commands() / seconds;
  }

  /** The latency at one of {@link #PERCENTILES}. */
  public double millis(double percentile) {
    return millis.get(PERCENTILES.indexOf(percentile));
  }

  /** As one line. */
  String line() {
    List<String> words = new ArrayList<>();
    words.add(Long.toString(reads));
    words.add(Long.toString(writes));
    words.add(Double.toString(seconds));
    words.add(Long.toString(errors));
    words.add(Long.toString(nils));
    words.add(Double.toString(lateMillis));
    millis.forEach(value -> words.add(String.format(Locale.ROOT, "%.6f", value)));
    return START + String.join(" ", words) + " " + firstError.lines().findFirst().orElse("");
  }

  /**
   * Reads what {@link #line} wrote.
   *
   * @throws IllegalArgumentException where the line is something else
   */
  public static Outcome parse(String line) {
    int words = FIELDS + PERCENTILES.size();
    String[] word = line.split(" ", words + 2);
    if (!line.startsWith(START) || word.length != words + 2) {
      throw new IllegalArgumentException("no outcome: " + line);
    }
    return new Outcome(
        Long.parseLong(word[1]),
        Long.parseLong(word[2]),
        Double.parseDouble(word[3]),
        Long.parseLong(word[4]),
        Long.parseLong(word[5]),
        word[words + 1],
        List.of(word).subList(FIELDS + 1, words + 1).stream()
            .map(Double::valueOf)
            .collect(Collectors.toList()),
        Double.parseDouble(word[FIELDS]));
  }
}
