package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heatsink hotkeys}: Prints the keys that are hot now, hottest first. */
@Command(
    name = "hotkeys",
    description = "Prints the keys that are hot now, hottest first.",
    mixinStandardHelpOptions = true)
public final class HotKeysCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Option(names = "--count", paramLabel = "<n>", description = "The most to print. Default: 50.")
  private int count = 50;

  @Override
  public Integer call() throws Exception {
    JsonObject keys = remote.get("hotkeys");
    if (remote.isJson()) {
      spec.commandLine().getOut().println(keys);
    } else {
      Tables.hotKeys(keys, count).forEach(spec.commandLine().getOut()::println);
    }
    return ExitCode.OK;
  }
}
