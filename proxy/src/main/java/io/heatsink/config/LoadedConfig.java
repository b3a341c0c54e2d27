package io.heatsink.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings in force, and where each came from. Immutable; shows no password.
 *
 * @param config what the proxy runs with
 * @param origins what each setting was given, defaults left out
 */
public record LoadedConfig(HeatsinkConfig config, Map<Setting<?>, Given> origins) {

  /** Where a value can stand; the later ones win. */
  enum Source {
    DEFAULT,
    FILE,
    ENVIRONMENT,
    OPTION
  }

  /**
   * A value as somebody wrote it.
   *
   * @param text as written
   * @param origin the file and line, the variable or the option, for an operator to read
   */
  record Given(String text, String origin, Source source) {

    boolean isBefore(Given other) {
      return source.compareTo(other.source) > 0;
    }

    /** Shows no value, since it may be a password. */
    @Override
    public String toString() {
      return origin;
    }
  }

  public LoadedConfig {
    origins = Map.copyOf(origins);
  }

  /**
   * One setting, fit to be shown: without passwords.
   *
   * @param origin where the value came from
   * @param isLive whether a reload changes it
   */
  public record Effective(String key, String value, String origin, boolean isLive) {}

  /** Every setting that has a value. */
  public List<Effective> effective() {
    List<Effective> all = new ArrayList<>();
    for (Setting<?> setting : Settings.all()) {
      Given given = origins.get(setting);
      String text = text(setting);
      if (text != null) {
        String origin = given == null ? "default" : given.origin();
        all.add(new Effective(setting.key(), setting.masked(text), origin, setting.isLive()));
      }
    }
    return all;
  }

  /** One line for each setting: key, value without passwords, and where it came from. */
  public List<String> describe() {
    return effective().stream()
        .map(each -> each.key() + "=" + each.value() + " (" + each.origin() + ")")
        .toList();
  }

  /** What is in force and yet unwise, one line each. */
  public List<String> warnings() {
    Given url = origins.get(Settings.BACKEND_URL);
    boolean isShown =
        url != null
            && url.source() == Source.OPTION
            && Settings.BACKEND_URL.read(url.text()).password() != null;
    List<String> warnings = new ArrayList<>();
    if (isShown) {
      warnings.add(
          "every user of this machine can see the password in the option --backend;"
              + " give it as HEATSINK_BACKEND_PASSWORD or with --backend-password-file");
    }
    if (config.operation().observes() && !config.counters().isEmpty()) {
      warnings.add(
          "mode is observe, and yet counters.split holds: what is in shard keys has to be read");
    }
    return warnings;
  }

  /** As {@link #describe()}, only what differs from the defaults. */
  public List<String> describeGiven() {
    return describe().stream().filter(line -> !line.endsWith(" (default)")).toList();
  }

  /** What is otherwise in {@code next}, each as {@code key: value -> value}, without passwords. */
  List<String> differences(LoadedConfig next, boolean isLive) {
    List<String> lines = new ArrayList<>();
    for (Setting<?> setting : Settings.all()) {
      if (setting.isLive() == isLive) {
        String before = text(setting);
        String after = next.text(setting);
        if (!setting.isSame(before, after)) {
          lines.add(setting.key() + ": " + shown(setting, before) + " -> " + shown(setting, after));
        }
      }
    }
    String password = config.backend().password();
    if (!isLive
        && lines.stream().noneMatch(line -> line.startsWith(Settings.BACKEND_PASSWORD.key()))
        && !Objects.equals(password, next.config.backend().password())) {
      lines.add(Settings.BACKEND_PASSWORD.key() + ": *** -> ***");
    }
    return lines;
  }

  /** What is in force when {@code next} has been taken over: its live settings, the others' old. */
  LoadedConfig with(LoadedConfig next) {
    Map<Setting<?>, Given> merged = new HashMap<>(next.origins);
    merged.keySet().removeIf(setting -> !setting.isLive());
    origins.forEach(
        (setting, given) -> {
          if (!setting.isLive()) {
            merged.put(setting, given);
          }
        });
    return new LoadedConfig(config, merged);
  }

  private @Nullable String text(Setting<?> setting) {
    Given given = origins.get(setting);
    return given == null ? setting.defaultText() : given.text();
  }

  private static String shown(Setting<?> setting, @Nullable String text) {
    return text == null ? "unset" : setting.masked(text);
  }

  /** Shows no password. */
  @Override
  public String toString() {
    return config.toString();
  }
}
