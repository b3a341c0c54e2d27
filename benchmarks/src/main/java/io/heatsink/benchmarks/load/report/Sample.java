package io.heatsink.benchmarks.load.report;

import io.heatsink.benchmarks.load.traffic.Load;
import java.util.EnumMap;
import java.util.Map;

/**
 * One run of a load on a subject. Immutable.
 *
 * @param subject its name
 * @param loop whether replies set the pace
 * @param round from 1
 * @param figures those there are
 */
public record Sample(Load load, String subject, Loop loop, int round, Map<Figure, Double> figures) {

  /** What sets the pace. */
  public enum Loop {
    /** The replies. */
    CLOSED,
    /** The clock. */
    OPEN
  }

  public Sample {
    EnumMap<Figure, Double> copy = new EnumMap<>(Figure.class);
    copy.putAll(figures);
    copy.values().removeIf(value -> value.isNaN());
    figures = Map.copyOf(copy);
  }

  /** A figure; NaN where there is none. */
  public double get(Figure figure) {
    return figures.getOrDefault(figure, Double.NaN);
  }
}
