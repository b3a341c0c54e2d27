package io.heatsink;

import io.heatsink.config.ConfigException;
import io.heatsink.config.Setting;
import io.heatsink.config.Settings;
import io.heatsink.terminal.RemoteException;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
    String problem = e.getMessage();
    if (e instanceof UnmatchedArgumentException unmatched) {
      String wrong = unmatched.getUnmatched().get(0);
      List<String> near = unmatched.getSuggestions();
      hint = near.isEmpty() ? "" : " (did you mean " + nearest(wrong, near) + "?)";
      Setting<?> secret = secret(wrong);
      if (secret != null) {
        problem = "every user of this machine can see options, so no secret is taken from them";
        hint = "; give it as " + secret.variables().get(0) + " or with --" + name(secret) + "-file";
      }
    }
    line.getErr().println(name + ": " + problem + hint + "; see '" + name + " --help'");
    return USAGE;
  }

  private static @Nullable Setting<?> secret(String option) {
    for (Setting<?> setting : Settings.all()) {
      String name = "--" + name(setting);
      boolean isNamed = option.equals(name) || option.startsWith(name + "=");
      if (isNamed && setting.options().isEmpty()) {
        return setting;
      }
    }
    return null;
  }

  private static String name(Setting<?> setting) {
    return setting.key().replace('.', '-');
  }

  /** The one that begins most like it; the earliest of several, which is most like it otherwise. */
  private static String nearest(String wrong, List<String> all) {
    String nearest = all.get(0);
    for (String each : all) {
      if (commonPrefix(each, wrong) > commonPrefix(nearest, wrong)) {
        nearest = each;
      }
    }
    return nearest;
  }

  private static int commonPrefix(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
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
    if (e instanceof ListenException
        || e instanceof UnusableFileException
        || e instanceof RemoteException) {
      err.println("heatsink: " + e.getMessage());
      return FAILED;
    }
    err.println("heatsink: failed: " + e);
    LoggerFactory.getLogger(Failures.class).error("command failed", e);
    return FAILED;
  }
}
