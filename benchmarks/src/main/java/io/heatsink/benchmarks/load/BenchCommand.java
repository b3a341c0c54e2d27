package io.heatsink.benchmarks.load;

import io.heatsink.Version;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heatsink bench}: what Heatsink costs and saves, beside Redis itself and another proxy. */
@Command(
    name = "bench",
    description = {
      "Starts a Redis, Heatsink before it with its default settings and with everything off, and",
      "nutcracker where it is installed; loads them in turn with redis-benchmark, which must be",
      "installed, and prints a table of medians.",
      "A full run takes some ten minutes and wants a machine that does nothing else.",
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BenchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--requests",
      paramLabel = "<n>",
      defaultValue = "200000",
      description =
          "Commands a run at pipeline 1, 5 times as many at pipeline 16; 1000 to 100000000."
              + " Default: ${DEFAULT-VALUE}.")
  private long requests;

  @Option(
      names = "--rounds",
      paramLabel = "<n>",
      defaultValue = "3",
      description = "Runs of each load on each subject, 1 to 100. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--clients",
      paramLabel = "<n>",
      defaultValue = "50",
      description = "Connections, 1 to 10000. Default: ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--keys",
      paramLabel = "<n>",
      defaultValue = "1000000",
      description = "Keys of the uniform loads, 1 to 100000000. Default: ${DEFAULT-VALUE}.")
  private int keys;

  @Option(
      names = "--subjects",
      paramLabel = "<name>",
      split = ",",
      description = "Some of direct, heatsink, heatsink-off, nutcracker. Default: all.")
  private @Nullable List<String> subjects;

  @Option(
      names = "--loads",
      paramLabel = "<name>",
      split = ",",
      description =
          "Some of get-uniform-p1, get-uniform-p16, get-hot-p1, get-hot-p16, incr-p1, incr-p16,"
              + " set-uniform-p16. Default: all.")
  private @Nullable List<String> loads;

  @Option(
      names = "--out",
      paramLabel = "<file>",
      description = "Also writes what it prints to this file.")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException {
    within("--requests", requests, 1_000, 100_000_000);
    within("--rounds", rounds, 1, 100);
    within("--clients", clients, 1, 10_000);
    within("--keys", keys, 1, 100_000_000);
    List<String> wantedSubjects = chosen("--subjects", subjects, Subjects.NAMES);
    List<String> ids = Load.ALL.stream().map(Load::id).toList();
    List<String> wantedLoads = chosen("--loads", loads, ids);
    Path generator = LoadGenerator.installed();
    if (generator == null) {
      err().println("heatsink: redis-benchmark is not on the PATH; install Redis' tools");
      return ExitCode.SOFTWARE;
    }
    for (String name : wantedSubjects) {
      if (!Subjects.isAvailable(name)) {
        err().println("heatsink: " + name + " is not on the PATH and is left out");
      }
    }
    Path folder = Files.createTempDirectory("heatsink-bench-");
    try {
      report(
          measure(
              new LoadGenerator(generator, folder, clients, keys),
              wantedSubjects.stream().filter(Subjects::isAvailable).toList(),
              Load.ALL.stream().filter(load -> wantedLoads.contains(load.id())).toList()));
      return ExitCode.OK;
    } finally {
      delete(folder);
    }
  }

  private String measure(LoadGenerator generator, List<String> names, List<Load> chosen) {
    try (RedisServer redis = RedisServer.start();
        Subjects started = Subjects.start(names, redis, generator.folder())) {
      Bench bench = new Bench(redis, started.all(), chosen, generator, err());
      bench.fill();
      bench.warmUp(requests);
      Table table = new Table(bench.run(rounds, requests));
      return String.format(
          Locale.ROOT,
          "Heatsink %s, Redis %s; %s.%n"
              + "%,d keys of %d bytes, %d clients; medians, rounds: %d, commands a run: %,d"
              + " (%,d at pipeline 16).%n%s.%n%n%s",
          Version.text(),
          redis.version(),
          Machine.description(),
          keys,
          Load.VALUE_BYTES,
          clients,
          rounds,
          requests,
          Load.DEEP_FACTOR * requests,
          table.quietness(),
          table.markdown());
    }
  }

  private void report(String text) throws IOException {
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(text);
    stdout.flush();
    if (out != null) {
      Files.writeString(out, text);
    }
  }

  private List<String> chosen(String option, @Nullable List<String> given, List<String> known) {
    if (given == null) {
      return known;
    }
    for (String name : given) {
      if (!known.contains(name)) {
        throw new ParameterException(
            spec.commandLine(),
            option + " " + name + " is not allowed: some of " + String.join(", ", known));
      }
    }
    return known.stream().filter(given::contains).toList();
  }

  private void within(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), option + " " + value + " is not allowed: " + least + " to " + most);
    }
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
