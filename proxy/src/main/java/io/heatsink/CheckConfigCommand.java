package io.heatsink;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.heatsink.config.ConfigException;
import io.heatsink.config.ConfigLoader;
import io.heatsink.config.LoadedConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

  @Option(names = "--json", description = "Print JSON, for scripts; faults too.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try {
      LoadedConfig loaded = ConfigLoader.load(file, System.getenv(), Map.of());
      new AccessFiles(loaded.config()).close();
      if (json) {
        out.println(settings(loaded));
      } else {
        loaded.describe().forEach(out::println);
      }
      return ExitCode.OK;
    } catch (ConfigException e) {
      if (!json) {
        throw e;
      }
      out.println(faults(e));
      return ExitCode.USAGE;
    }
  }

  private static JsonObject settings(LoadedConfig loaded) {
    JsonArray all = new JsonArray();
    for (LoadedConfig.Effective each : loaded.effective()) {
      JsonObject setting = new JsonObject();
      setting.addProperty("key", each.key());
      setting.addProperty("value", each.value());
      setting.addProperty("origin", each.origin());
      setting.addProperty("change", each.isLive() ? "reload" : "restart");
      all.add(setting);
    }
    return object("settings", all);
  }

  private static JsonObject faults(ConfigException of) {
    JsonArray all = new JsonArray();
    for (ConfigException.Fault each : of.faults()) {
      JsonObject fault = new JsonObject();
      fault.addProperty("origin", each.origin());
      fault.addProperty("subject", each.subject());
      fault.addProperty("problem", each.problem());
      fault.addProperty("remedy", each.remedy());
      all.add(fault);
    }
    return object("faults", all);
  }

  private static JsonObject object(String name, JsonArray all) {
    JsonObject object = new JsonObject();
    object.add(name, all);
    return object;
  }
}
