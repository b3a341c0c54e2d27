package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heatsink health}: Exits with 0 where Heatsink is alive, with 1 where it is not. */
@Command(
    name = "health",
    description = {
      "Exits with 0 where Heatsink is alive, with 1 where it is not; asks for no token.",
      "With --ready: where it also reaches its backend and is not stopping."
    },
    mixinStandardHelpOptions = true)
public final class HealthCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Option(names = "--ready", description = "Whether traffic should be sent there, too.")
  private boolean ready;

  @Override
  public Integer call() throws Exception {
    JsonObject answer = remote.page(ready ? "/ready" : "/health");
    boolean isWell = !ready || answer.get("ready").getAsBoolean();
    String text = ready ? Text.text(answer, "reason") : Text.text(answer, "status");
    spec.commandLine().getOut().println(remote.isJson() ? answer.toString() : text);
    return isWell ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
