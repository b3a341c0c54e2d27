package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heatsink slowlog}: Prints the latest slow requests, and where their time went. */
@Command(
    name = "slowlog",
    description = "Prints the latest slow requests, and where their time went.",
    mixinStandardHelpOptions = true)
public final class SlowLogCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Option(names = "--count", paramLabel = "<n>", description = "The most to print. Default: 50.")
  private int count = 50;

  @Override
  public Integer call() throws Exception {
    JsonObject slow = remote.get("slowlog?count=" + count);
    if (remote.isJson()) {
      spec.commandLine().getOut().println(slow);
    } else {
      Tables.slow(slow, count).forEach(spec.commandLine().getOut()::println);
    }
    return ExitCode.OK;
  }
}
