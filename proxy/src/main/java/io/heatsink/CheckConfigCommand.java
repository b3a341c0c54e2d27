package io.heatsink;

import io.heatsink.config.ConfigLoader;
import io.heatsink.config.LoadedConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heatsink check-config [FILE]}: lists its faults, or every setting as it would be. */
@Command(
    name = "check-config",
    description = {
      "Checks a configuration file, and the HEATSINK_ variables, without starting anything.",
      "Prints every setting with its value and where that came from; passwords are masked."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class CheckConfigCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The configuration file, YAML. Default: that of HEATSINK_CONFIG, if any.")
  private @Nullable Path file;

  @Override
  public Integer call() throws Exception {
    LoadedConfig loaded = ConfigLoader.load(file, System.getenv(), Map.of());
    new AccessFiles(loaded.config()).close();
    loaded.describe().forEach(spec.commandLine().getOut()::println);
    return ExitCode.OK;
  }
}
