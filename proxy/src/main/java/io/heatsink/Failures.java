package io.heatsink;

import io.heatsink.config.ConfigException;
import io.heatsink.terminal.RemoteException;
import java.io.PrintWriter;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one clear line and an exit code; only a bug shows its stack trace. */
public final class Failures {

  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private Failures() {}

  /** Makes a command line, with its subcommands, report failures this way. */
  public static CommandLine reportOn(CommandLine line) {
    return line.setParameterExceptionHandler(Failures::wrongInput)
        .setExecutionExceptionHandler(Failures::failed)
        .setUsageHelpWidth(100);
  }

  private static int wrongInput(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    String name = line.getCommandSpec().qualifiedName();
    String hint = "";
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      hint = near.isEmpty() ? "" : " (did you mean " + near.get(0) + "?)";
    }
    line.getErr().println(name + ": " + e.getMessage() + hint + "; see '" + name + " --help'");
    return USAGE;
  }

  private static int failed(Exception e, CommandLine line, ParseResult parsed) {
    return report(e, line.getErr());
  }

  /** Prints what went wrong. Answers the exit code. */
  static int report(Exception e, PrintWriter err) {
    if (e instanceof ConfigException config) {
      config.faults().forEach(fault -> err.println("heatsink: " + fault));
      return USAGE;
    }
    if (e instanceof ListenException || e instanceof RemoteException) {
      err.println("heatsink: " + e.getMessage());
      return FAILED;
    }
    err.println("heatsink: failed: " + e);
    LoggerFactory.getLogger(Failures.class).error("command failed", e);
    return FAILED;
  }
}
