package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heatsink fold}: Puts split counters together again; 1 where one was left split. */
@Command(
    name = "fold",
    description = "Puts split counters together again, whoever split them.",
    mixinStandardHelpOptions = true)
public final class FoldCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Parameters(paramLabel = "PATTERN", description = "Of their keys, as Redis' KEYS has it.")
  private String pattern = "";

  @Option(
      names = "--database",
      paramLabel = "<n>",
      description = "Their database. Default: that of Heatsink's settings.")
  private int database = -1;

  @Override
  public Integer call() throws Exception {
    JsonObject what = new JsonObject();
    what.addProperty("pattern", pattern);
    what.addProperty("database", database);
    JsonObject done = remote.post("fold", what);
    String folded = Text.text(done, "folded");
    String found = Text.text(done, "found");
    String line = remote.isJson() ? done.toString() : "folded " + folded + " of " + found;
    spec.commandLine().getOut().println(line);
    return folded.equals(found) ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
