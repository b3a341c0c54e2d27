package io.heatsink.benchmarks.load;

import io.heatsink.benchmarks.load.generator.Order;
import io.heatsink.benchmarks.load.report.Figure;
import io.heatsink.benchmarks.load.report.Sample;
import io.heatsink.benchmarks.load.report.Sample.Loop;
import io.heatsink.benchmarks.load.report.Samples;
import io.heatsink.benchmarks.load.subject.Launcher;
import io.heatsink.benchmarks.load.subject.Subject;
import io.heatsink.benchmarks.load.subject.Subjects;
import io.heatsink.benchmarks.load.traffic.Load;
import io.heatsink.benchmarks.load.traffic.Traffic;
import io.heatsink.testkit.RawClient;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Runs loads on subjects in turn, round by round. For one thread. */
final class Bench {

  /*
   * A machine's speed drifts, most of all a shared one's. So the subjects take turns within each
   * load and round, in an order that moves on with the round, and the table shows medians. What a
   * run cost is read as CPU time, which others on the machine disturb far less than the rate.
   *
   * First come rounds in a closed loop, as fast as each subject answers: rates and CPU. Then as
   * many in an open loop, at one rate for all, which the slowest can hold: latencies, which would
   * otherwise only say how deep each subject's own queue is.
   */

  private static final double MILLIS = 1e3;
  private static final double OPEN_LOOP_SHARE = 0.5;
  private static final double LEAST_PER_SECOND = 100;
  private static final int SHOWN_DIGITS = 2;

  /** A subject that meets a load for the first time compiles, connects and finds what is hot. */
  private static final double FIRST_WARM_UPS = 2;

  /** Half of it must span some TTLs, or the reads of its key are too few to be a rate. */
  private static final double CROWD_SECONDS = 3;

  private static final double CROWD_RUNS = 3;

  /** What a JVM is to have seen before anything is measured, and for how many warm-ups each. */
  private static final List<Load> BREAK_IN =
      List.of(Load.parse("mix-95-p16"), Load.parse("mix-95-p1"), Load.parse("incr-p16"));

  private static final double BREAK_IN_WARM_UPS = 3;

  private final Launcher launcher;
  private final List<Subject> subjects;
  private final Plan plan;
  private final PrintWriter progress;
  private final Dataset dataset;
  private final List<Sample> samples = new ArrayList<>();
  private long runs;

  Bench(Launcher launcher, List<Subject> subjects, Plan plan, PrintWriter progress) {
    this.launcher = launcher;
    this.subjects = subjects;
    this.plan = plan;
    this.progress = progress;
    this.dataset = new Dataset(launcher.backend(), plan.keys(), plan.trace());
  }

  /** Measures these loads, one after the other; {@code keep} gets all samples after each. */
  Samples run(List<Load> loads, Consumer<Samples> keep) {
    if (plan.warmUpSeconds() > 0 && loads.stream().anyMatch(load -> !isFootprint(load))) {
      breakIn();
    }
    for (Load load : loads) {
      if (isFootprint(load)) {
        samples.addAll(new Footprint(launcher, plan, dataset, progress).run(started()));
      } else {
        measure(load);
      }
      keep.accept(new Samples(samples));
    }
    return new Samples(samples);
  }

  private static boolean isFootprint(Load load) {
    return load.traffic() == Traffic.FOOTPRINT;
  }

  /** The products that can be started once more. */
  private List<String> started() {
    return subjects.stream()
        .filter(subject -> subject.hasBackend() && !subject.isDirect())
        .map(Subject::name)
        .filter(Subjects.NAMES::contains)
        .toList();
  }

  /** A JVM compiles for some seconds, at several times the CPU: no load is to be charged for it. */
  private void breakIn() {
    double seconds = BREAK_IN_WARM_UPS * plan.warmUpSeconds();
    for (Load load : BREAK_IN) {
      dataset.fill(load);
      for (Subject subject : subjects) {
        if (!subject.isDirect()) {
          Order order = order(load, subject, 0, 0, seconds, "none");
          Run run = new Run(launcher, subject, order, plan.trace());
          show(new Sample(load, subject.name(), Loop.CLOSED, 0, run.figures()));
        }
      }
    }
  }

  private void measure(Load load) {
    dataset.fill(load);
    shapeNull(load);
    for (int round = 1; round <= plan.rounds(); round++) {
      samples.addAll(round(load, round, 0));
    }
    double rate = plan.perSecond() > 0 ? plan.perSecond() : openLoopRate(load);
    for (int round = 1; round <= plan.rounds(); round++) {
      samples.addAll(round(load, round, rate));
    }
  }

  private void shapeNull(Load load) {
    for (Subject subject : subjects) {
      if (subject.name().equals(Subject.NULL)) {
        try (RawClient client = RawClient.connect(subject.port())) {
          client.call("CONFIG", "SET", "value-bytes", Integer.toString(load.valueBytes()));
        }
      }
    }
  }

  /** Half of what the slowest did, to two digits: it will be quoted. */
  private double openLoopRate(Load load) {
    Samples closed = new Samples(samples);
    double slowest =
        subjects.stream()
            .mapToDouble(s -> closed.median(load, s.name(), Loop.CLOSED, Figure.PER_SECOND))
            .min()
            .orElse(0);
    return rounded(Math.max(LEAST_PER_SECOND, OPEN_LOOP_SHARE * slowest));
  }

  static double rounded(double rate) {
    double unit = Math.pow(10, Math.floor(Math.log10(rate)) + 1 - SHOWN_DIGITS);
    return Math.floor(rate / unit) * unit;
  }

  /** One run on each subject. */
  private List<Sample> round(Load load, int number, double perSecond) {
    List<Subject> order = new ArrayList<>(subjects);
    Collections.rotate(order, -number);
    List<Sample> taken = new ArrayList<>();
    // The same draws for all, others in each round.
    runs++;
    for (Subject subject : order) {
      Loop loop = perSecond > 0 ? Loop.OPEN : Loop.CLOSED;
      Run run = new Run(launcher, subject, order(load, subject, number, perSecond), plan.trace());
      Sample sample = new Sample(load, subject.name(), loop, number, run.figures());
      taken.add(sample);
      show(sample);
    }
    return taken;
  }

  private Order order(Load load, Subject subject, int round, double perSecond) {
    boolean isFirst = round == 1 && perSecond == 0;
    double warmUp = plan.warmUpSeconds() * (isFirst ? FIRST_WARM_UPS : 1);
    double seconds = plan.seconds();
    String crowdKey = "crowd:" + runs + ":" + subject.name();
    if (load.traffic() == Traffic.CROWD) {
      dataset.write(crowdKey, load.valueBytes());
      seconds = Math.max(seconds, Math.min(CROWD_RUNS * seconds, CROWD_SECONDS));
    }
    return order(load, subject, perSecond, warmUp, seconds, crowdKey);
  }

  private Order order(
      Load load,
      Subject subject,
      double perSecond,
      double warmUp,
      double seconds,
      String crowdKey) {
    return new Order(
        subject.host(),
        subject.port(),
        load,
        plan.keys(),
        perSecond,
        Math.round(warmUp * MILLIS),
        Math.round(seconds * MILLIS),
        runs,
        crowdKey,
        plan.traceFile());
  }

  private void show(Sample sample) {
    Map<Figure, Double> figures = sample.figures();
    progress.printf(
        Locale.ROOT,
        "%-8s %-18s %-13s %,9.0f/s  p50 %.3f p99 %.3f ms  CPU a command %.2f + %.2f us,"
            + " others %2.0f %%%n",
        sample.round() == 0
            ? "break in"
            : sample.loop().name().toLowerCase(Locale.ROOT) + " " + sample.round(),
        sample.load().id(),
        sample.subject(),
        sample.get(Figure.PER_SECOND),
        sample.get(Figure.P50_MS),
        sample.get(Figure.P99_MS),
        figures.getOrDefault(Figure.PROXY_US, 0.0),
        figures.getOrDefault(Figure.BACKEND_US, 0.0),
        100 * sample.get(Figure.OTHERS));
    progress.flush();
  }
}
