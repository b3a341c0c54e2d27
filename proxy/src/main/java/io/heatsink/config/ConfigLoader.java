package io.heatsink.config;

import io.heatsink.config.ConfigException.Fault;
import io.heatsink.config.LoadedConfig.Given;
import io.heatsink.config.LoadedConfig.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings: an option wins over a variable, a variable over the file, the file over the
 * default. Every value is checked, also one that another overrides. Confined to one call of {@link
 * #load}.
 */
public final class ConfigLoader {

  /** Names the configuration file, as {@code --config} does. */
  public static final String FILE_VARIABLE = Setting.VARIABLE_PREFIX + "CONFIG";

  private static final Set<String> OTHER_VARIABLES = Set.of(FILE_VARIABLE, "HEATSINK_JAVA_OPTS");
  // Kubernetes adds such variables for each service whose name starts with "heatsink".
  private static final Pattern SERVICE_LINK =
      Pattern.compile("HEATSINK.*_(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_\\w+)?)");

  private final List<Fault> faults = new ArrayList<>();
  private final Map<Setting<?>, Given> winners = new HashMap<>();

  private ConfigLoader() {}

  /**
   * Reads and checks everything.
   *
   * @param file the file of {@code --config}; null for the one {@code HEATSINK_CONFIG} names, if
   *     any
   * @param environment variables; those that do not start with {@code HEATSINK_} are ignored
   * @param options texts by dotted key
   * @throws ConfigException that lists all faults
   */
  public static LoadedConfig load(
      @Nullable Path file, Map<String, String> environment, Map<String, String> options)
      throws ConfigException {
    ConfigLoader loader = new ConfigLoader();
    Path path = file;
    String named = environment.get(FILE_VARIABLE);
    if (path == null && named != null && !named.isBlank()) {
      path = Path.of(named);
    }
    if (path != null) {
      YamlFile.read(path, loader.faults).forEach(loader::takeFromFile);
    }
    new TreeMap<>(environment).forEach(loader::takeFromEnvironment);
    new TreeMap<>(options).forEach(loader::takeOption);
    return loader.finish();
  }

  private LoadedConfig finish() throws ConfigException {
    Map<Setting<?>, Given> valid = new HashMap<>(winners);
    valid.entrySet().removeIf(entry -> problem(entry.getKey(), entry.getValue()) != null);
    HeatsinkConfig config = new ConfigAssembly(valid, faults).assemble();
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    return new LoadedConfig(config, winners);
  }

  private void takeFromFile(String key, Given given) {
    Setting<?> setting = Settings.find(key);
    if (setting != null) {
      take(setting, given);
    } else if (Settings.all().stream().anyMatch(s -> s.key().startsWith(key + "."))) {
      String remedy = "indent its keys below it, as in config/reference.yaml";
      faults.add(new Fault(given.origin(), key, "a section, not a value", remedy));
    } else {
      faults.add(new Fault(given.origin(), key, "unknown key", suggest(Settings.nearest(key))));
    }
  }

  private void takeFromEnvironment(String name, String text) {
    if (!name.startsWith(Setting.VARIABLE_PREFIX)
        || OTHER_VARIABLES.contains(name)
        || SERVICE_LINK.matcher(name).matches()) {
      return;
    }
    for (Setting<?> setting : Settings.all()) {
      if (setting.variables().contains(name)) {
        take(setting, new Given(text, "variable " + name, Source.ENVIRONMENT));
        return;
      }
    }
    Setting<?> nearest = Settings.nearest(name);
    String remedy =
        nearest == null ? "remove it" : "did you mean " + nearest.variables().get(0) + "?";
    faults.add(new Fault("variable " + name, "", "unknown setting", remedy));
  }

  private void takeOption(String key, String text) {
    Setting<?> setting = Settings.find(key);
    if (setting == null) {
      throw new IllegalArgumentException("no such setting: " + key);
    }
    String name = setting.options().isEmpty() ? "--" + key : setting.options().get(0);
    take(setting, new Given(text, "option " + name, Source.OPTION));
  }

  private void take(Setting<?> setting, Given given) {
    String problem = problem(setting, given);
    if (problem != null) {
      faults.add(Fault.ofValue(setting, given, problem));
    }
    Given other = winners.get(setting);
    if (other != null && other.source() == given.source()) {
      String twice = "given twice, also at " + other.origin();
      faults.add(Fault.of(setting, given, twice, "keep one of the two"));
    }
    winners.put(setting, given);
  }

  private static @Nullable String problem(Setting<?> setting, Given given) {
    try {
      var unused = setting.read(given.text());
      return null;
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String suggest(@Nullable Setting<?> nearest) {
    return nearest == null
        ? "remove it; config/reference.yaml lists every key"
        : "did you mean " + nearest.key() + "?";
  }
}
