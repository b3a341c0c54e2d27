package io.heatsink.benchmarks.load;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Runs loads on subjects in turn, round by round. For one thread. */
final class Bench {

  /*
   * A machine's speed drifts, most of all a shared one's. So the subjects take turns within each
   * load and round, in an order that moves on with the round, and the table shows medians. What a
   * run cost is read as CPU time, which others on the machine disturb far less than the rate.
   */

  private static final int KEYS_PER_FILL = 1_000;

  /** Commands that are about the connection or the server, not about data. */
  private static final Set<String> NO_DATA =
      Set.of("info", "config", "command", "ping", "hello", "auth", "client", "select", "echo");

  private final RedisServer backend;
  private final List<Subject> subjects;
  private final List<Load> loads;
  private final LoadGenerator generator;
  private final PrintWriter progress;

  Bench(
      RedisServer backend,
      List<Subject> subjects,
      List<Load> loads,
      LoadGenerator generator,
      PrintWriter progress) {
    this.backend = backend;
    this.subjects = subjects;
    this.loads = loads;
    this.generator = generator;
    this.progress = progress;
  }

  /** Writes every key that the loads ask for. */
  void fill() {
    try (RawClient client = backend.client()) {
      client.call("SET", Load.HOT_KEY, "x".repeat(Load.HOT_VALUE_BYTES));
      String value = "x".repeat(Load.VALUE_BYTES);
      for (int from = 0; from < generator.keys(); from += KEYS_PER_FILL) {
        List<String> command = new ArrayList<>(List.of("MSET"));
        for (int i = from; i < generator.keys() && i < from + KEYS_PER_FILL; i++) {
          command.add(String.format(Locale.ROOT, "key:%012d", i));
          command.add(value);
        }
        client.call(command.toArray(new String[0]));
      }
    }
  }

  /** Half as much of everything, which no table shows: JVMs compile meanwhile. */
  void warmUp(long requests) {
    round(0, Math.max(1, requests / 2));
  }

  /** All that was measured in so many rounds of {@code requests} at pipeline 1. */
  List<Sample> run(int rounds, long requests) {
    List<Sample> samples = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      samples.addAll(round(round, requests));
    }
    return samples;
  }

  private List<Sample> round(int number, long requests) {
    List<Subject> order = new ArrayList<>(subjects);
    Collections.rotate(order, -number);
    List<Sample> samples = new ArrayList<>();
    for (Load load : loads) {
      for (Subject subject : order) {
        Sample sample = measure(load, subject, load.requests(requests));
        samples.add(sample);
        progress.printf(
            Locale.ROOT,
            "%s  %-26s %-13s %,9.0f/s  CPU a command %s + %.2f us, others %2.0f %%%n",
            number == 0 ? "warm-up" : "round " + number,
            load.title(),
            subject.name(),
            sample.perSecond(),
            Table.text("%.2f", sample.proxyMicros()),
            sample.backendMicros(),
            100 * sample.others());
        progress.flush();
      }
    }
    return samples;
  }

  private Sample measure(Load load, Subject subject, long requests) {
    long backendPid = backend.pid();
    long executedBefore = executed();
    long startNanos = System.nanoTime();
    Usage before = Usage.of(subject, backendPid);
    LoadGenerator.Report report = generator.run(load, subject.port(), requests);
    Usage used = Usage.of(subject, backendPid).since(before);
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    long executed = executed() - executedBefore;
    Long proxy = subject.proxyPid();
    double capacity = seconds * Runtime.getRuntime().availableProcessors();
    return new Sample(
        load,
        subject.name(),
        report.perSecond(),
        report.p50Millis(),
        report.p99Millis(),
        proxy == null ? Double.NaN : used.proxySeconds() * 1e6 / requests,
        used.backendSeconds() * 1e6 / requests,
        Usage.residentMegabytes(proxy == null ? backendPid : proxy),
        (double) executed / requests,
        Math.max(0, used.othersSeconds()) / capacity);
  }

  /** Commands about data that the backend has executed, by its own count. */
  private long executed() {
    long sum = 0;
    for (Map.Entry<String, Long> command : backend.commandCalls().entrySet()) {
      if (!NO_DATA.contains(command.getKey().split("\\|", 2)[0])) {
        sum += command.getValue();
      }
    }
    return sum;
  }
}
