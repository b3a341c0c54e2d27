package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that prints the first of a list which a running Heatsink has. */
abstract class ListCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Option(names = "--count", paramLabel = "<n>", description = "The most to print. Default: 50.")
  private int count = 50;

  /** Where the list is, below {@code /api/v1}. */
  abstract String path(int most);

  /** The list as people read it. */
  abstract List<String> lines(JsonObject list, int most);

  @Override
  public final Integer call() throws Exception {
    JsonObject list = remote.get(path(count));
    if (remote.isJson()) {
      spec.commandLine().getOut().println(list);
    } else {
      lines(list, count).forEach(spec.commandLine().getOut()::println);
    }
    return ExitCode.OK;
  }
}
