package io.heatsink.config;

import java.util.List;
import java.util.stream.Collectors;

/** The settings cannot be used; lists every fault that was found, not just the first. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  ConfigException(List<Fault> faults) {
    super(faults.stream().map(Fault::toString).collect(Collectors.joining(System.lineSeparator())));
    this.faults = List.copyOf(faults);
  }

  /** The faults, in the order of file, environment and options. */
  public List<Fault> faults() {
    return faults;
  }

  /**
   * One thing that is wrong, and how to mend it.
   *
   * @param origin the file and line, the variable or the option
   * @param subject the key, and the value where there is one (never a password)
   * @param problem what is wrong
   * @param remedy what to do
   */
  public record Fault(String origin, String subject, String problem, String remedy) {

    /** A value that a setting does not allow. */
    static Fault ofValue(Setting<?> setting, LoadedConfig.Given given, String problem) {
      String remedy =
          setting.allowed().equals(setting.form())
              ? "write " + setting.form()
              : "write " + setting.form() + ", from " + setting.allowed();
      return of(setting, given, problem + " (allowed: " + setting.allowed() + ")", remedy);
    }

    /** A value that is well written but cannot be used. */
    static Fault of(Setting<?> setting, LoadedConfig.Given given, String problem, String remedy) {
      String shown = setting.masked(given.text());
      return new Fault(given.origin(), setting.key() + " = " + shown, problem, remedy);
    }

    /** One line. */
    @Override
    public String toString() {
      String place = subject.isEmpty() ? origin : origin + ": " + subject;
      return (place + ": " + problem + "; " + remedy).replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
  }
}
