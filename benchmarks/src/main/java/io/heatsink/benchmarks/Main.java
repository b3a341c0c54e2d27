package io.heatsink.benchmarks;

import io.heatsink.CheckConfigCommand;
import io.heatsink.Failures;
import io.heatsink.Version;
import io.heatsink.benchmarks.demo.DemoCommand;
import io.heatsink.benchmarks.fleet.FleetCommand;
import io.heatsink.benchmarks.load.BenchCommand;
import io.heatsink.benchmarks.staleness.StalenessCommand;
import io.heatsink.benchmarks.startup.StartupCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of a checkout: what the product does, and what shows and measures it. */
@Command(
    name = "heatsink",
    description = "Heatsink with a Redis of its own, a demonstration and benchmarks.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      EmbeddedServeCommand.class,
      BenchCommand.class,
      StalenessCommand.class,
      StartupCommand.class,
      FleetCommand.class,
      JmhCommand.class,
      CheckConfigCommand.class
    })
public final class Main implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs one command and ends the JVM with its exit code: 0, 1 (failed) or 2 (wrong input). */
  public static void main(String[] args) {
    System.exit(Failures.reportOn(new CommandLine(new Main())).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
