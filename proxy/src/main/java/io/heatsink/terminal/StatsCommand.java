package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heatsink stats}: Prints what has been counted since the start, and the last second. */
@Command(
    name = "stats",
    description = "Prints what has been counted since the start, and the last second.",
    mixinStandardHelpOptions = true)
public final class StatsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Override
  public Integer call() throws Exception {
    JsonObject stats = remote.get("stats");
    if (remote.isJson()) {
      spec.commandLine().getOut().println(stats);
      return ExitCode.OK;
    }
    for (String part : List.of("totals", "now", "sinceStart")) {
      stats
          .getAsJsonObject(part)
          .entrySet()
          .forEach(
              each ->
                  spec.commandLine()
                      .getOut()
                      .println(part + "." + each.getKey() + "=" + each.getValue()));
    }
    return ExitCode.OK;
  }
}
