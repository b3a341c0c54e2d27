package io.heatsink.terminal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heatsink reload}: Has a running Heatsink read its configuration anew. */
@Command(
    name = "reload",
    description = {
      "Has a running Heatsink read its configuration anew: all of it, or nothing.",
      "Prints what changed and what needs a restart; with --pid only its log tells."
    },
    mixinStandardHelpOptions = true)
public final class ReloadCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Option(names = "--pid", paramLabel = "<n>", description = "Send SIGHUP to this process instead.")
  private @Nullable Long pid;

  @Override
  public Integer call() throws Exception {
    if (pid != null) {
      signal(pid);
      return ExitCode.OK;
    }
    JsonObject outcome = remote.post("reload", new JsonObject());
    if (remote.isJson()) {
      spec.commandLine().getOut().println(outcome);
      return ExitCode.OK;
    }
    boolean isSame = true;
    for (String list : List.of("changed", "restart")) {
      for (JsonElement line : outcome.getAsJsonArray(list)) {
        isSame = false;
        String after = list.equals("restart") ? " (after a restart)" : "";
        spec.commandLine().getOut().println(line.getAsString() + after);
      }
    }
    if (isSame) {
      spec.commandLine().getOut().println("nothing has changed");
    }
    return ExitCode.OK;
  }

  private static void signal(long process) throws RemoteException, InterruptedException {
    try {
      Process kill =
          new ProcessBuilder("kill", "-HUP", Long.toString(process))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (kill.waitFor() == 0) {
        return;
      }
    } catch (IOException e) {
      // Said below.
    }
    throw new RemoteException("process " + process + " cannot be sent SIGHUP");
  }
}
