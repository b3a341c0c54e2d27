package io.heatsink;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the product. */
@Command(
    name = "heatsink",
    description = "A Redis-protocol sidecar that absorbs hot keys.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {ServeCommand.class, CheckConfigCommand.class})
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
