package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heatsink suggest}: Prints settings that fit what was seen in observe mode. */
@Command(
    name = "suggest",
    description = {
      "Prints settings, as YAML, that fit what was seen while mode was observe,",
      "with what they would have saved."
    },
    mixinStandardHelpOptions = true)
public final class SuggestCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Override
  public Integer call() throws Exception {
    JsonObject suggestion = remote.get("suggest");
    if (remote.isJson()) {
      spec.commandLine().getOut().println(suggestion);
    } else {
      spec.commandLine().getOut().print(suggestion.get("suggestion").getAsString());
      spec.commandLine().getOut().flush();
    }
    return ExitCode.OK;
  }
}
