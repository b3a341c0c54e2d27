package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heatsink events}: Prints what happened of late, the newest first. */
@Command(
    name = "events",
    description = "Prints what happened of late, the newest first.",
    mixinStandardHelpOptions = true)
public final class EventsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Option(names = "--count", paramLabel = "<n>", description = "The most to print. Default: 50.")
  private int count = 50;

  @Override
  public Integer call() throws Exception {
    JsonObject events = remote.get("events?count=" + count);
    if (remote.isJson()) {
      spec.commandLine().getOut().println(events);
    } else {
      Tables.events(events, count).forEach(spec.commandLine().getOut()::println);
    }
    return ExitCode.OK;
  }
}
