package io.heatsink;

import io.heatsink.config.ConfigException;
import io.heatsink.config.ConfigLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heatsink serve}: runs the proxy until the process is told to end. */
@Command(
    name = "serve",
    customSynopsis =
        "heatsink serve [--backend=<url>] [--listen=<address>] [--admin=<address>]"
            + " [--config=<file>] [OPTION]...",
    description = {
      "Serves clients in front of a Redis until stopped.",
      "Each option is also a key of the file (--cache-ttl: cache.ttl) and a variable"
          + " (HEATSINK_CACHE_TTL). An option wins over a variable, a variable over the file.",
      "The backend's password is best given as HEATSINK_BACKEND_PASSWORD or in a file."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    modelTransformer = SettingOptions.class)
public class ServeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "<file>",
      description = "The configuration file, YAML. Variable: HEATSINK_CONFIG. Default: none.")
  private @Nullable Path config;

  /** For picocli, and for commands that add to this one. */
  public ServeCommand() {}

  @Override
  public Integer call() throws Exception {
    return serve(Map.of());
  }

  /**
   * Serves until the process ends.
   *
   * @param instead as {@link ConfigLoader#load} takes it
   */
  protected final int serve(Map<String, String> instead) throws ConfigException {
    Map<String, String> options = SettingOptions.given(spec.commandLine().getParseResult());
    new Serving(config, options, instead).untilStopped();
    return ExitCode.OK;
  }
}
