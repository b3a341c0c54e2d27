package io.heatsink.benchmarks.fleet;

import io.heatsink.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heatsink fleet}: what a thousand sidecars do to a hundred nodes, simulated. */
@Command(
    name = "fleet",
    description = {
      "Simulates 1,000 sidecars before 100 nodes of Redis under a celebrity key, and prints the",
      "tables of docs/scale.md, which says what each of them assumes. Needs no network.",
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class FleetCommand implements Callable<Integer> {

  /** What docs/scale.md was made with. */
  static final long SEED = 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seed",
      paramLabel = "<n>",
      defaultValue = "" + SEED,
      description = "Of every random draw. Default: ${DEFAULT-VALUE}, that of docs/scale.md.")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "<folder>",
      description = "Also writes the plots there, as SVG; made if it is not there.")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException {
    PrintWriter stdout = spec.commandLine().getOut();
    if (out != null) {
      Files.createDirectories(out);
    }
    for (Section section : new Questions(Fleet.ofThousand(seed)).answers()) {
      stdout.printf("%s:%n%n%s%n", section.name(), section.table());
      if (out != null) {
        Files.writeString(out.resolve(section.file()), section.plot());
      }
    }
    stdout.flush();
    return ExitCode.OK;
  }
}
