package io.heatsink;

import io.heatsink.terminal.ConfigCommand;
import io.heatsink.terminal.EventsCommand;
import io.heatsink.terminal.FlushCommand;
import io.heatsink.terminal.FoldCommand;
import io.heatsink.terminal.HealthCommand;
import io.heatsink.terminal.HotKeysCommand;
import io.heatsink.terminal.PolicyCommand;
import io.heatsink.terminal.ReloadCommand;
import io.heatsink.terminal.SlowLogCommand;
import io.heatsink.terminal.StatsCommand;
import io.heatsink.terminal.SuggestCommand;
import io.heatsink.terminal.TopCommand;
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
    subcommands = {
      ServeCommand.class,
      CheckConfigCommand.class,
      TopCommand.class,
      HealthCommand.class,
      ConfigCommand.class,
      ReloadCommand.class,
      HotKeysCommand.class,
      StatsCommand.class,
      PolicyCommand.class,
      SuggestCommand.class,
      FlushCommand.class,
      FoldCommand.class,
      EventsCommand.class,
      SlowLogCommand.class
    })
final class HeatsinkCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs one command. Answers the exit code: 0, 1 (failed) or 2 (wrong input). */
  static int execute(String... args) {
    return line().execute(args);
  }

  static CommandLine line() {
    return Failures.reportOn(new CommandLine(new HeatsinkCommand()));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
