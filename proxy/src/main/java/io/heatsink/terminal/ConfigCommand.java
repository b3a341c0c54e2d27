package io.heatsink.terminal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heatsink config}: Prints the settings in force, and where each came from. */
@Command(
    name = "config",
    description = {
      "Prints the settings in force, and where each came from; passwords are masked.",
      "check-config prints them of a file that is not in force yet."
    },
    mixinStandardHelpOptions = true)
public final class ConfigCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Option(names = "--given", description = "Only those that are not the default.")
  private boolean given;

  @Override
  public Integer call() throws Exception {
    JsonObject config = remote.get("config");
    if (remote.isJson()) {
      spec.commandLine().getOut().println(config);
      return ExitCode.OK;
    }
    for (JsonElement each : config.getAsJsonArray("settings")) {
      JsonObject setting = each.getAsJsonObject();
      String origin = Text.text(setting, "origin");
      if (!given || !origin.equals("default")) {
        String line = Text.text(setting, "key") + "=" + Text.text(setting, "value");
        spec.commandLine().getOut().println(line + " (" + origin + ")");
      }
    }
    return ExitCode.OK;
  }
}
