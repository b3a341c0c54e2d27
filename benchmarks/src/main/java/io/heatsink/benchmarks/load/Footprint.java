package io.heatsink.benchmarks.load;

import io.heatsink.benchmarks.load.generator.Order;
import io.heatsink.benchmarks.load.report.Figure;
import io.heatsink.benchmarks.load.report.Sample;
import io.heatsink.benchmarks.load.report.Sample.Loop;
import io.heatsink.benchmarks.load.subject.Child;
import io.heatsink.benchmarks.load.subject.Launcher;
import io.heatsink.benchmarks.load.subject.Subject;
import io.heatsink.benchmarks.load.subject.Subjects;
import io.heatsink.benchmarks.load.traffic.Load;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a process takes before it has anything to do: time to start, memory. For one thread. */
final class Footprint {

  /*
   * Each round starts processes of its own. The time runs from before a process is made until it
   * has answered a PING; a poll every 2 ms bounds the error.
   * Idle memory is read after a few clients have come and gone, so that what the first client
   * brings into memory is not charged to the thousand that follow; each of those asks once.
   */

  private static final Load LOAD = Load.parse("footprint");
  private static final Load UNDER_LOAD = Load.parse("mix-95-p16");
  private static final int STARTS = 3;
  private static final long POLL_MILLIS = 2;
  private static final int FEW = 50;
  private static final int MANY = 1_000;
  private static final double MILLIS = 1e3;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Launcher launcher;
  private final Plan plan;
  private final Dataset dataset;
  private final PrintWriter progress;

  Footprint(Launcher launcher, Plan plan, Dataset dataset, PrintWriter progress) {
    this.launcher = launcher;
    this.plan = plan;
    this.dataset = dataset;
    this.progress = progress;
  }

  /** Measures these, whose processes are started for it and ended again. */
  List<Sample> run(List<String> names) {
    dataset.fill(UNDER_LOAD);
    List<Sample> samples = new ArrayList<>();
    for (int round = 1; round <= plan.rounds(); round++) {
      for (String name : names) {
        for (int start = 1; start < STARTS; start++) {
          samples.add(sample(name, round, startOnly(name)));
        }
        samples.add(sample(name, round, all(name)));
      }
    }
    return samples;
  }

  private Sample sample(String name, int round, Map<Figure, Double> figures) {
    Sample sample = new Sample(LOAD, name, Loop.CLOSED, round, figures);
    progress.printf(
        Locale.ROOT,
        "closed %d footprint         %-13s start %.0f ms, idle %.0f MB, connections %.1f MB,"
            + " loaded %.0f MB%n",
        round,
        name,
        sample.get(Figure.START_MS),
        sample.get(Figure.IDLE_MB),
        sample.get(Figure.CONNECTIONS_MB),
        sample.get(Figure.LOADED_MB));
    progress.flush();
    return sample;
  }

  private Map<Figure, Double> startOnly(String name) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    start(name, RedisServer.freePort(), figures).close();
    return figures;
  }

  private Child start(String name, int port, Map<Figure, Double> figures) {
    long startNanos = System.nanoTime();
    Child child = launcher.start(name, port);
    child.awaitRedis(port, Subjects.START_TIMEOUT, POLL_MILLIS);
    figures.put(Figure.START_MS, (System.nanoTime() - startNanos) / NANOS_PER_MILLI);
    return child;
  }

  private Map<Figure, Double> all(String name) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    int port = RedisServer.freePort();
    try (Child child = start(name, port, figures)) {
      close(connect(port, FEW));
      double idle = Usage.residentMegabytes(child.pid());
      figures.put(Figure.IDLE_MB, idle);
      List<RawClient> clients = connect(port, MANY);
      figures.put(Figure.CONNECTIONS_MB, Usage.residentMegabytes(child.pid()) - idle);
      close(clients);
      Subject subject = Subject.local(name, port, child.pid());
      new Run(launcher, subject, order(port), null).figures();
      figures.put(Figure.LOADED_MB, Usage.mostResidentMegabytes(child.pid()));
    }
    return figures;
  }

  private static List<RawClient> connect(int port, int count) {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RawClient client = RawClient.connect(port);
      client.call("GET", "ready");
      clients.add(client);
    }
    return clients;
  }

  private static void close(List<RawClient> clients) {
    clients.forEach(RawClient::close);
  }

  private Order order(int port) {
    return new Order(
        "127.0.0.1",
        port,
        UNDER_LOAD,
        plan.keys(),
        0,
        Math.round(plan.warmUpSeconds() * MILLIS),
        Math.round(plan.seconds() * MILLIS),
        1,
        "none",
        null);
  }
}
