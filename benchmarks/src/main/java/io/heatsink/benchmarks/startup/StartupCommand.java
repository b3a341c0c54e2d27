package io.heatsink.benchmarks.startup;

import io.heatsink.Version;
import io.heatsink.benchmarks.load.report.Samples;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heatsink startup}: how long it takes from the start of the process to the first PONG. */
@Command(
    name = "startup",
    description = {
      "Starts a Redis, and Heatsink before it again and again, with and without an archive of its",
      "classes; prints the time from the start of the process to the first PONG at a client, and",
      "the CPU used till then.",
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class StartupCommand implements Callable<Integer> {

  private static final String HEADER =
      """
      | start | first PONG ms, median | least | most | CPU ms, median |
      |---|---:|---:|---:|---:|
      """;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--rounds",
      paramLabel = "<n>",
      defaultValue = "7",
      description = "Starts of each kind, 1 to 100. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--java",
      paramLabel = "<home>",
      split = ",",
      description = "Homes of the Javas to start. Default: the one that runs this.")
  private List<Path> homes = List.of(Path.of(System.getProperty("java.home")));

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || rounds > 100) {
      throw new ParameterException(
          spec.commandLine(), "--rounds " + rounds + " is not allowed: 1 to 100");
    }
    for (Path home : homes) {
      if (!Files.isRegularFile(home.resolve("release"))) {
        throw new ParameterException(
            spec.commandLine(), "--java " + home + " is not allowed: the home of a JDK or JRE");
      }
    }
    Path folder = Files.createTempDirectory("heatsink-startup-");
    try (RedisServer redis = RedisServer.start()) {
      spec.commandLine().getOut().print(table(measure(variants(folder), redis.port(), folder)));
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    } finally {
      RedisServer.delete(folder);
    }
  }

  private List<Variant> variants(Path folder) throws IOException, InterruptedException {
    Checkout checkout = Checkout.find();
    List<Variant> variants = new ArrayList<>();
    for (Path home : homes) {
      variants.add(Variant.plain(home, checkout));
      Variant archived = Variant.archived(home, checkout, folder);
      if (archived == null) {
        err().println("heatsink: " + home + " makes no archive of these classes; left out");
      } else {
        variants.add(archived);
      }
    }
    return variants;
  }

  /** Each kind once a round, so that a busy moment of the machine hits all. */
  private Map<String, List<Start>> measure(List<Variant> variants, int backendPort, Path folder)
      throws IOException, InterruptedException {
    Map<String, List<Start>> starts = new LinkedHashMap<>();
    Path log = folder.resolve("log");
    for (int round = 0; round < rounds; round++) {
      for (Variant variant : variants) {
        Start start = Start.measure(variant, backendPort, log);
        starts.computeIfAbsent(variant.name(), name -> new ArrayList<>()).add(start);
      }
    }
    return starts;
  }

  private String table(Map<String, List<Start>> starts) {
    StringBuilder text = new StringBuilder();
    List<Start> all = starts.values().stream().flatMap(List::stream).toList();
    text.append(
        String.format(
            Locale.ROOT,
            "Heatsink %s, rounds: %d. CPU of this machine that went to other processes meanwhile:"
                + " median %.0f %%, worst %.0f %%.%n%n",
            Version.text(),
            rounds,
            100 * median(all, Start::othersShare),
            100 * all.stream().mapToDouble(Start::othersShare).max().orElse(0)));
    text.append(HEADER);
    starts.forEach(
        (name, runs) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %.0f | %.0f |%n",
                    name,
                    median(runs, Start::pongMillis),
                    runs.stream().mapToDouble(Start::pongMillis).min().orElse(0),
                    runs.stream().mapToDouble(Start::pongMillis).max().orElse(0),
                    median(runs, Start::cpuMillis))));
    return text.toString();
  }

  static double median(List<Start> starts, ToDoubleFunction<Start> figure) {
    return Samples.median(starts.stream().mapToDouble(figure).toArray());
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
