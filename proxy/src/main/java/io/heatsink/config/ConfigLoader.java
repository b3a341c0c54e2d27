package io.heatsink.config;

import io.heatsink.config.ConfigException.Fault;
import io.heatsink.config.LoadedConfig.Given;
import io.heatsink.config.LoadedConfig.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
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

  private static final Pattern OF_THE_BACKEND =
      Pattern.compile("backend\\.(url|tls\\..*|.*password.*)");

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
    return load(file, environment, options, Map.of());
  }

  /**
   * The same for a backend that is brought along: what the settings say of another one does not
   * hold.
   *
   * @param instead texts by dotted key that win over all; with {@code backend.url} nothing else is
   *     taken of where the backend is, and who Heatsink is to it
   */
  public static LoadedConfig load(
      @Nullable Path file,
      Map<String, String> environment,
      Map<String, String> options,
      Map<String, String> instead)
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
    if (instead.containsKey(Settings.BACKEND_URL.key())) {
      loader.winners.keySet().removeIf(setting -> OF_THE_BACKEND.matcher(setting.key()).matches());
    }
    instead.forEach(loader::takeOption);
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
      faults.add(new Fault(given.origin(), key, "unknown key", suggest(nearest(key))));
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
    Setting<?> nearest = nearest(name);
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

  /** The setting whose key is written most like this one or like this variable, if any is close. */
  private static @Nullable Setting<?> nearest(String wrong) {
    String name = plain(wrong);
    Setting<?> nearest = null;
    int least = Math.max(2, name.length() / 3) + 1;
    for (Setting<?> setting : Settings.all()) {
      for (String key : setting.keys()) {
        int distance = distance(name, plain(key));
        if (distance < least) {
          least = distance;
          nearest = setting;
        }
      }
    }
    return nearest;
  }

  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT).replaceAll("[._-]", "");
    return lower.startsWith("heatsink") ? lower.substring("heatsink".length()) : lower;
  }

  /** Edits, each of one letter, that turn one word into the other (Levenshtein). */
  private static int distance(String a, String b) {
    int[] previous = IntStream.rangeClosed(0, b.length()).toArray();
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int swap = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(swap, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
