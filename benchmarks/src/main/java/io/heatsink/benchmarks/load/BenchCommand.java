package io.heatsink.benchmarks.load;

import io.heatsink.Version;
import io.heatsink.benchmarks.load.report.Plots;
import io.heatsink.benchmarks.load.report.Sample;
import io.heatsink.benchmarks.load.report.Samples;
import io.heatsink.benchmarks.load.report.Table;
import io.heatsink.benchmarks.load.subject.Launcher;
import io.heatsink.benchmarks.load.subject.Subject;
import io.heatsink.benchmarks.load.subject.Subjects;
import io.heatsink.benchmarks.load.traffic.Load;
import io.heatsink.benchmarks.load.traffic.Trace;
import io.heatsink.benchmarks.load.traffic.Traffic;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heatsink bench}: what Heatsink costs and saves, beside Redis itself and other proxies. */
@Command(
    name = "bench",
    description = {
      "Starts a Redis, a server that answers without one (the bound of a JVM), Heatsink with its",
      "default settings and with everything off, and nutcracker where it is installed; loads them",
      "in turn and prints tables of medians.",
      "The usual loads take less than a quarter of an hour, all of them an hour, on a machine that",
      "does nothing else.",
      "",
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BenchCommand implements Callable<Integer> {

  private static final String ALL = "all";
  private static final int QUICK_KEYS = 100_000;
  private static final double QUICK_SECONDS = 0.5;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--loads",
      paramLabel = "<id>",
      split = ",",
      description = "Loads, or all. " + Load.FORM + ". Default: the usual ones.")
  private @Nullable List<String> loads;

  @Option(
      names = "--subjects",
      paramLabel = "<name>",
      split = ",",
      description = "Some of direct, null, heatsink, heatsink-off, nutcracker. Default: all.")
  private @Nullable List<String> subjects;

  @Option(
      names = "--subject",
      paramLabel = "<name=host:port[:pid]>",
      description =
          "Another proxy, which stands before this Redis (see --backend-port); with its process id"
              + " its CPU is measured, too. May be given several times.")
  private List<String> others = List.of();

  @Option(
      names = "--backend-port",
      paramLabel = "<port>",
      defaultValue = "0",
      description = "Where Redis listens, for --subject; 0 takes a free port. Default: 0.")
  private int backendPort;

  @Option(
      names = "--rounds",
      paramLabel = "<n>",
      defaultValue = "3",
      description =
          "Runs of each load on each subject in a closed loop, and as many in an open one, 1 to"
              + " 100. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "<s>",
      defaultValue = "1",
      description =
          "Length of each run, 0.1 to 600; a flash crowd's is three times as long, up to 3 s."
              + " Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "<s>",
      defaultValue = "0.5",
      description =
          "Load before each run, not measured, 0 to 600; twice as long before the first of a load"
              + " on a subject, and nine times before everything. Default: ${DEFAULT-VALUE}.")
  private double warmUp;

  @Option(
      names = "--rate",
      paramLabel = "<n>",
      defaultValue = "0",
      description =
          "Commands a second of the open loops; 0 takes half of what the slowest subject did in the"
              + " closed loop of the same load. Default: 0.")
  private double rate;

  @Option(
      names = "--keys",
      paramLabel = "<n>",
      defaultValue = "1000000",
      description =
          "Keys of a value size, 1 to 100000000; fewer where they would take more than 128 MB."
              + " Default: ${DEFAULT-VALUE}.")
  private int keys;

  @Option(
      names = "--trace",
      paramLabel = "<file>",
      description =
          "What the loads trace-p1 and so on replay: one command a line, a key (GET) or one of GET,"
              + " SET, INCR, DECR, DEL and a key; # begins a comment; .gz is unpacked.")
  private @Nullable Path traceFile;

  @Option(
      names = "--quick",
      description = "One round of half a second each, 100000 keys: to try it, not to quote it.")
  private boolean quick;

  @Option(
      names = "--out",
      paramLabel = "<folder>",
      description = "Writes table.md, samples.csv and plots (SVG) there.")
  private @Nullable Path out;

  @Option(
      names = "--from",
      paramLabel = "<file>",
      description =
          "Measures nothing: prints, and with --out draws, what an earlier samples.csv holds. May"
              + " be given several times, for a measurement in parts.")
  private List<Path> from = List.of();

  @Override
  public Integer call() throws IOException {
    check();
    if (!from.isEmpty()) {
      Samples earlier = earlier();
      write(earlier.quietness() + ".\n\n", earlier);
      return 0;
    }
    List<String> names = subjects == null ? Subjects.NAMES : subjects;
    for (String name : names) {
      if (!Launcher.has(name)) {
        err().println("heatsink: " + name + " is not on the PATH and is left out");
      }
    }
    List<Subject> proxies = others.stream().map(this::other).toList();
    List<Load> wanted = loads();
    Plan plan = plan();
    if (wanted.stream().anyMatch(load -> load.traffic() == Traffic.TRACE) && traceFile == null) {
      throw new ParameterException(spec.commandLine(), "a load of --loads needs --trace");
    }
    Path folder = Files.createTempDirectory("heatsink-bench-");
    try (RedisServer redis = redis()) {
      Launcher launcher = new Launcher(redis, folder);
      List<String> present = names.stream().filter(Launcher::has).toList();
      report(redis.version(), plan, measure(launcher, present, proxies, plan, wanted));
      return 0;
    } finally {
      RedisServer.delete(folder);
    }
  }

  private Samples measure(
      Launcher launcher, List<String> names, List<Subject> proxies, Plan plan, List<Load> wanted) {
    try (Subjects started = Subjects.start(names, proxies, launcher)) {
      return new Bench(launcher, started.all(), plan, err()).run(wanted, this::keep);
    }
  }

  /** A measurement that fails late has not been in vain. */
  private void keep(Samples samples) {
    Path folder = out;
    if (folder != null) {
      try {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("samples.csv"), samples.csv());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private RedisServer redis() {
    return backendPort == 0 ? RedisServer.start() : RedisServer.startAt(backendPort);
  }

  private void report(String redisVersion, Plan plan, Samples samples) throws IOException {
    String head =
        String.format(
            Locale.ROOT,
            "Heatsink %s, Redis %s; %s.%n"
                + "%,d keys; medians, rounds: %d of %s s in each loop.%n%s.%n%n",
            Version.text(),
            redisVersion,
            Machine.description(),
            plan.keys(),
            plan.rounds(),
            number(plan.seconds()),
            samples.quietness());
    write(head, samples);
  }

  private Samples earlier() {
    List<Sample> all = new ArrayList<>();
    for (Path file : from) {
      try {
        all.addAll(Samples.parse(Files.readString(file)).all());
      } catch (IOException | IllegalArgumentException e) {
        throw unreadable("--from", file, e);
      }
    }
    return new Samples(all);
  }

  private @Nullable Trace trace() {
    Path file = traceFile;
    try {
      return file == null ? null : Trace.read(file);
    } catch (IOException e) {
      throw unreadable("--trace", file, e);
    }
  }

  private ParameterException unreadable(String option, Path file, Exception cause) {
    boolean isMissing = cause instanceof NoSuchFileException;
    String why = isMissing ? "there is no such file" : cause.getMessage();
    return new ParameterException(
        spec.commandLine(), option + " " + file + " cannot be read: " + why, cause);
  }

  private void write(String head, Samples samples) throws IOException {
    String text = head + new Table(samples).markdown();
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(text);
    stdout.flush();
    if (out != null) {
      keep(samples);
      Files.writeString(out.resolve("table.md"), text);
      for (Map.Entry<String, String> plot : new Plots(samples).files().entrySet()) {
        Files.writeString(out.resolve(plot.getKey()), plot.getValue());
      }
    }
  }

  private Plan plan() {
    return new Plan(
        quick ? 1 : rounds,
        quick ? QUICK_SECONDS : seconds,
        warmUp,
        quick ? Math.min(keys, QUICK_KEYS) : keys,
        rate,
        traceFile,
        trace());
  }

  private void check() {
    within("--rounds", rounds, 1, 100);
    within("--seconds", seconds, 0.1, 600);
    within("--warm-up", warmUp, 0, 600);
    within("--rate", rate, 0, 100_000_000);
    within("--keys", keys, 1, 100_000_000);
    within("--backend-port", backendPort, 0, 65_535);
    for (String name : subjects == null ? List.<String>of() : subjects) {
      if (!Subjects.NAMES.contains(name)) {
        throw wrong("--subjects", name, "some of " + String.join(", ", Subjects.NAMES));
      }
    }
  }

  private List<Load> loads() {
    if (loads == null) {
      return Load.USUAL;
    }
    if (loads.equals(List.of(ALL))) {
      return traceFile == null
          ? Load.ALL
          : Stream.concat(Load.ALL.stream(), Stream.of("trace-p1", "trace-p16").map(Load::parse))
              .toList();
    }
    return loads.stream().map(this::load).distinct().toList();
  }

  private Load load(String id) {
    try {
      return Load.parse(id);
    } catch (IllegalArgumentException e) {
      throw wrong("--loads", id, ALL + ", or some of " + Load.FORM);
    }
  }

  private Subject other(String text) {
    try {
      Subject subject = Subject.parse(text);
      if (Subjects.NAMES.contains(subject.name())) {
        throw wrong("--subject", text, "a name that no other subject has");
      }
      return subject;
    } catch (IllegalArgumentException e) {
      throw wrong("--subject", text, "name=host:port or name=host:port:pid");
    }
  }

  private void within(String option, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      String range = String.format(Locale.ROOT, "%s to %s", number(least), number(most));
      throw wrong(option, number(value), range);
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString(Math.round(value)) : Double.toString(value);
  }

  private ParameterException wrong(String option, String value, String allowed) {
    return new ParameterException(
        spec.commandLine(), option + " " + value + " is not allowed: " + allowed);
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
