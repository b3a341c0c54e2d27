package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heatsink flush}: Forgets what is kept of a key; of all keys if none is named. */
@Command(
    name = "flush",
    description = "Forgets what is kept of a key; of all keys if none is named.",
    mixinStandardHelpOptions = true)
public final class FlushCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Parameters(arity = "0..1", paramLabel = "KEY", description = "The key; none for all of them.")
  private @Nullable String key;

  @Option(names = "--database", paramLabel = "<n>", description = "Its database. Default: 0.")
  private int database;

  @Override
  public Integer call() throws Exception {
    JsonObject what = new JsonObject();
    if (key == null) {
      what.addProperty("all", true);
    } else {
      what.addProperty("key", key);
      what.addProperty("database", database);
    }
    JsonObject done = remote.post("flush", what);
    spec.commandLine().getOut().println(remote.isJson() ? done.toString() : "flushed");
    return ExitCode.OK;
  }
}
