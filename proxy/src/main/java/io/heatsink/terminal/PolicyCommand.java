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

/** {@code heatsink policy}: Prints how fresh reads of a key are, and by which rule. */
@Command(
    name = "policy",
    description = "Prints how fresh reads of a key are, and by which rule.",
    mixinStandardHelpOptions = true)
public final class PolicyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Parameters(paramLabel = "KEY", description = "The key.")
  private String key = "";

  @Option(names = "--database", paramLabel = "<n>", description = "Its database. Default: 0.")
  private int database;

  @Override
  public Integer call() throws Exception {
    JsonObject policy = remote.get("policy?key=" + Remote.encoded(key) + "&database=" + database);
    if (remote.isJson()) {
      spec.commandLine().getOut().println(policy);
    } else {
      policy
          .entrySet()
          .forEach(
              each -> spec.commandLine().getOut().println(each.getKey() + "=" + each.getValue()));
    }
    return ExitCode.OK;
  }
}
