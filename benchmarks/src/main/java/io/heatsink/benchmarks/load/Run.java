package io.heatsink.benchmarks.load;

import io.heatsink.benchmarks.load.generator.Generator;
import io.heatsink.benchmarks.load.generator.Order;
import io.heatsink.benchmarks.load.generator.Outcome;
import io.heatsink.benchmarks.load.report.Figure;
import io.heatsink.benchmarks.load.subject.Child;
import io.heatsink.benchmarks.load.subject.Launcher;
import io.heatsink.benchmarks.load.subject.Subject;
import io.heatsink.benchmarks.load.traffic.Knowledge;
import io.heatsink.benchmarks.load.traffic.Popularity;
import io.heatsink.benchmarks.load.traffic.Trace;
import io.heatsink.benchmarks.load.traffic.Traffic;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One load on one subject, once: starts the generator and reads every meter around it. */
final class Run {

  private static final double MICROS = 1e6;
  private static final double NANOS = 1e9;
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration STALL_TIMEOUT = Duration.ofMinutes(1);

  private final Launcher launcher;
  private final Subject subject;
  private final Order order;
  private final @Nullable Trace trace;
  private final Knowledge knowledge = new Knowledge();

  Run(Launcher launcher, Subject subject, Order order, @Nullable Trace trace) {
    this.launcher = launcher;
    this.subject = subject;
    this.order = order;
    this.trace = trace;
  }

  /** What it measured. */
  Map<Figure, Double> figures() {
    RedisServer redis = launcher.backend();
    long backendPid = redis.pid();
    try (Child generator = launcher.generator(order)) {
      expect(generator, Generator.READY, START_TIMEOUT);
      Backend executedBefore = Backend.of(redis);
      long startNanos = System.nanoTime();
      Usage usedBefore = Usage.of(subject, backendPid, generator.pid());
      generator.say(Generator.GO);
      Map<Figure, Double> figures = new EnumMap<>(Figure.class);
      Duration timeout = STALL_TIMEOUT.plusMillis(order.millis());
      Outcome outcome =
          order.load().traffic() == Traffic.CROWD
              ? crowd(generator, timeout, figures)
              : Outcome.parse(generator.hear(timeout));
      Usage used = Usage.of(subject, backendPid, generator.pid()).since(usedBefore);
      double seconds = (System.nanoTime() - startNanos) / NANOS;
      Backend executed = Backend.of(redis).since(executedBefore);
      verify(outcome);
      times(figures, outcome);
      costs(figures, outcome, used, seconds);
      shares(figures, outcome, executed);
      return figures;
    }
  }

  private static void expect(Child generator, String line, Duration timeout) {
    String said = generator.hear(timeout);
    if (!said.equals(line)) {
      throw new IllegalStateException("the generator said " + said + " instead of " + line);
    }
  }

  /** Only the crowd reads with GET: the backend's own count of it is the crowd's. */
  private Outcome crowd(Child generator, Duration timeout, Map<Figure, Double> figures) {
    expect(generator, Generator.MARK, timeout);
    long before = launcher.backend().calls("get");
    long fromNanos = System.nanoTime();
    Outcome outcome = Outcome.parse(generator.hear(timeout));
    double seconds = (System.nanoTime() - fromNanos) / NANOS;
    figures.put(Figure.CROWD_READS, (launcher.backend().calls("get") - before) / seconds);
    return outcome;
  }

  private void verify(Outcome outcome) {
    String what = order.load().id() + " on " + subject.name();
    if (outcome.errors() > 0) {
      throw new IllegalStateException(
          what + ": " + outcome.errors() + " errors; the first: " + outcome.firstError());
    }
    if (outcome.nils() > 0 && (trace == null || !trace.deletes())) {
      throw new IllegalStateException(
          what + ": " + outcome.nils() + " replies without a value, though every key is there");
    }
  }

  private void times(Map<Figure, Double> figures, Outcome outcome) {
    figures.put(Figure.READS, (double) outcome.reads());
    figures.put(Figure.WRITES, (double) outcome.writes());
    figures.put(Figure.PER_SECOND, outcome.perSecond());
    for (Figure figure : Figure.latencies()) {
      figures.put(figure, outcome.millis(figure.percentile()));
    }
    if (order.isOpen()) {
      figures.put(Figure.TARGET, order.perSecond());
      figures.put(Figure.LATE_MS, outcome.lateMillis());
    }
  }

  private void costs(Map<Figure, Double> figures, Outcome outcome, Usage used, double seconds) {
    Long proxy = subject.proxyPid();
    double commands = outcome.commands();
    if (proxy != null) {
      figures.put(Figure.PROXY_US, used.proxySeconds() * MICROS / commands);
    }
    figures.put(Figure.BACKEND_US, used.backendSeconds() * MICROS / commands);
    figures.put(Figure.GENERATOR_US, used.generatorSeconds() * MICROS / commands);
    Long measured = subject.isDirect() ? Long.valueOf(launcher.backend().pid()) : proxy;
    if (measured != null) {
      figures.put(Figure.RSS_MB, Usage.residentMegabytes(measured));
    }
    double capacity = seconds * Runtime.getRuntime().availableProcessors();
    figures.put(Figure.OTHERS, Math.max(0, used.othersSeconds()) / capacity);
  }

  private void shares(Map<Figure, Double> figures, Outcome outcome, Backend executed) {
    figures.put(Figure.BACKEND_COMMANDS, executed.data() / (double) outcome.commands());
    boolean isJudged = order.load().readsHotKeys() && outcome.reads() > 0;
    if (isJudged && !subject.isDirect() && subject.hasBackend()) {
      figures.put(Figure.ABSORBED, 1 - executed.reads() / (double) outcome.reads());
      Popularity popularity = Popularity.of(order.load(), order.keys(), trace);
      figures.put(
          Figure.ABSORBABLE,
          knowledge.absorbed(popularity, order.load().valueBytes(), outcome.perSecond()));
    }
  }
}
