package io.heatsink.config;

import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.config.HeatsinkConfig.LogFormat;
import io.heatsink.config.HeatsinkConfig.LogLevel;
import io.heatsink.config.HeatsinkConfig.Mode;
import io.heatsink.config.HeatsinkConfig.PolicyRule;
import io.heatsink.config.HeatsinkConfig.SplitCounter;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the text of a value is read, whether it stands in a file, a variable or an option.
 *
 * <p>A reader answers the value or throws {@link IllegalArgumentException} whose message says what
 * is wrong, without repeating the value. Immutable.
 *
 * @param name what the kind of value is called in {@code config/reference.yaml}
 * @param form how such a value is written
 * @param reader from text to value
 */
record ValueType<T>(String name, String form, Function<String, T> reader) {

  static final ValueType<Boolean> SWITCH =
      new ValueType<>("switch", "on or off", ValueType::readSwitch);
  static final ValueType<Long> COUNT =
      new ValueType<>("count", "a whole number", ValueType::readCount);
  static final ValueType<Long> SIZE =
      new ValueType<>("bytes", "bytes, or a number with kb, mb, gb or tb", ValueType::readSize);
  static final ValueType<Duration> DURATION =
      new ValueType<>(
          "duration", "a whole number with its unit us, ms, s, m, h or d", ValueType::readDuration);
  static final ValueType<Double> RATE =
      new ValueType<>("commands a second", "a number, or a number with /s", ValueType::readRate);
  static final ValueType<Double> FRACTION =
      new ValueType<>("fraction", "a decimal, a ratio or a percentage", ValueType::readFraction);
  static final ValueType<HostPort> ADDRESS =
      new ValueType<>("address", "host:port, [ipv6]:port or *:port", HostPort::parse);
  static final ValueType<HostPort> ADDRESS_OR_OFF =
      new ValueType<>(
          "address", "host:port, [ipv6]:port, *:port or off", ValueType::readAddressOrOff);
  static final ValueType<BackendUrl> URL =
      new ValueType<>("url", "redis://[user:password@]host[:port],...[/db]", BackendUrl::parse);
  static final ValueType<String> SECRET = new ValueType<>("secret", "text", ValueType::readText);
  static final ValueType<Path> PATH = new ValueType<>("path", "a file's path", ValueType::readPath);
  static final ValueType<Set<PosixFilePermission>> MODE =
      new ValueType<>("mode", "octal digits such as 0770", ValueType::readMode);
  static final ValueType<Access.ClientCertificates> CERTIFICATES =
      new ValueType<>(
          "choice",
          "off, optional or required",
          text -> oneOf(Access.ClientCertificates.values(), text));
  static final ValueType<Judge> JUDGE =
      new ValueType<>("choice", "backend or file", text -> oneOf(Judge.values(), text));
  static final ValueType<List<String>> PROTOCOLS =
      new ValueType<>("list", "TLSv1.2, TLSv1.3 or both with a comma", ValueType::readProtocols);
  static final ValueType<String> NAME_OR_OFF =
      new ValueType<>("text", "printable ASCII without blanks, or off", ValueType::readNameOrOff);
  static final ValueType<Set<String>> HOSTS_OR_OFF =
      new ValueType<>("names", "host names with commas, or off", ValueType::readHosts);
  static final ValueType<Level> LEVEL =
      new ValueType<>(
          "level", "fresh, coalesced, tracked or ttl", text -> PolicyRules.parseDefault(text));
  static final ValueType<List<PolicyRule>> RULES =
      new ValueType<>(
          "list",
          "a list of {pattern, level, ttl, max-stale, replicas, replica-max-lag}",
          text -> PolicyRules.parse(text));
  static final ValueType<List<SplitCounter>> SPLITS =
      new ValueType<>(
          "list",
          "a list of {pattern, shards, name, when, reply, freshness, fold-after, total-every}",
          text -> SplitCounters.parse(text));

  static final ValueType<LogLevel> LOG_LEVEL =
      new ValueType<>(
          "level", "error, warn, info or debug", text -> oneOf(LogLevel.values(), text));
  static final ValueType<Mode> MODE_OF_WORK =
      new ValueType<>("word", "active or observe", text -> oneOf(Mode.values(), text));
  static final ValueType<LogFormat> LOG_FORMAT =
      new ValueType<>("word", "text or json", text -> oneOf(LogFormat.values(), text));
  static final ValueType<String> HTTP_URL_OR_OFF =
      new ValueType<>("url", "http://host[:port]/path, https:// or off", ValueType::readHttpUrl);

  private static final Pattern QUANTITY = Pattern.compile("(\\d{1,18})\\s*([a-z]*)");
  private static final Map<String, Long> SIZE_UNITS =
      Map.of(
          "", 1L, "b", 1L, "kb", 1L << 10, "kib", 1L << 10, "mb", 1L << 20, "mib", 1L << 20, "gb",
          1L << 30, "gib", 1L << 30, "tb", 1L << 40, "tib", 1L << 40);
  private static final Map<String, Duration> DURATION_UNITS =
      Map.of(
          "us", Duration.ofNanos(1000),
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "min", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  T read(String text) {
    return reader.apply(text.strip());
  }

  private static boolean readSwitch(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "on", "true", "yes" -> true;
      case "off", "false", "no" -> false;
      default -> throw new IllegalArgumentException("neither on nor off");
    };
  }

  private static long readCount(String text) {
    String digits = text.replace("_", "");
    if (!digits.matches("-?\\d{1,18}")) {
      throw new IllegalArgumentException("not a whole number");
    }
    return Long.parseLong(digits);
  }

  private static long readSize(String text) {
    Matcher m = QUANTITY.matcher(text.toLowerCase(Locale.ROOT));
    if (!m.matches()) {
      throw new IllegalArgumentException("not a size");
    }
    Long unit = SIZE_UNITS.get(m.group(2));
    if (unit == null) {
      throw new IllegalArgumentException("unknown unit of size");
    }
    return times(Long.parseLong(m.group(1)), unit);
  }

  private static Duration readDuration(String text) {
    Matcher m = QUANTITY.matcher(text.toLowerCase(Locale.ROOT));
    if (!m.matches()) {
      throw new IllegalArgumentException("not a duration");
    }
    long amount = Long.parseLong(m.group(1));
    if (amount == 0 && m.group(2).isEmpty()) {
      return Duration.ZERO;
    }
    Duration unit = DURATION_UNITS.get(m.group(2));
    if (unit == null) {
      throw new IllegalArgumentException(
          m.group(2).isEmpty() ? "a duration without its unit" : "unknown unit of time");
    }
    return Duration.ofNanos(times(amount, unit.toNanos()));
  }

  private static double readRate(String text) {
    return readDecimal(text.endsWith("/s") ? text.substring(0, text.length() - 2).strip() : text);
  }

  private static double readFraction(String text) {
    if (text.endsWith("%")) {
      return readDecimal(text.substring(0, text.length() - 1).strip()) / 100;
    }
    int slash = text.indexOf('/');
    if (slash < 0) {
      return readDecimal(text);
    }
    double divisor = readDecimal(text.substring(slash + 1).strip());
    if (divisor == 0) {
      throw new IllegalArgumentException("a ratio to zero");
    }
    return readDecimal(text.substring(0, slash).strip()) / divisor;
  }

  private static double readDecimal(String text) {
    if (!text.matches("-?\\d{1,15}(\\.\\d{1,15})?")) {
      throw new IllegalArgumentException("not a number");
    }
    return Double.parseDouble(text);
  }

  private static HostPort readAddressOrOff(String text) {
    return text.equalsIgnoreCase("off") ? HostPort.OFF : HostPort.parse(text);
  }

  private static String readText(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty");
    }
    return text;
  }

  /** Empty for off. */
  private static String readNameOrOff(String text) {
    if (!text.matches("[!-~]+")) {
      throw new IllegalArgumentException("not printable ASCII without blanks");
    }
    return text.equalsIgnoreCase("off") ? "" : text;
  }

  /** None for off. */
  private static Set<String> readHosts(String text) {
    String names = text.toLowerCase(Locale.ROOT);
    if (!names.matches("[a-z0-9._-]+(\\s*,\\s*[a-z0-9._-]+)*")) {
      throw new IllegalArgumentException("not host names with commas");
    }
    return names.equals("off") ? Set.of() : Set.copyOf(List.of(names.split("\\s*,\\s*", -1)));
  }

  /** Who judges who a client is. */
  enum Judge {
    BACKEND,
    FILE
  }

  private static <E extends Enum<E>> E oneOf(E[] values, String text) {
    for (E value : values) {
      if (value.name().equalsIgnoreCase(text)) {
        return value;
      }
    }
    throw new IllegalArgumentException("none of these");
  }

  private static Set<PosixFilePermission> readMode(String text) {
    if (!text.matches("0?[0-7]{3}")) {
      throw new IllegalArgumentException("not a file's mode");
    }
    StringBuilder letters = new StringBuilder();
    for (char digit : text.substring(text.length() - 3).toCharArray()) {
      letters.append((digit & 4) == 0 ? '-' : 'r');
      letters.append((digit & 2) == 0 ? '-' : 'w');
      letters.append((digit & 1) == 0 ? '-' : 'x');
    }
    return PosixFilePermissions.fromString(letters.toString());
  }

  private static List<String> readProtocols(String text) {
    List<String> protocols = List.of(text.split("[,\\s]+", -1));
    if (!Set.of("TLSv1.2", "TLSv1.3").containsAll(protocols)) {
      throw new IllegalArgumentException("neither TLSv1.2 nor TLSv1.3");
    }
    return protocols;
  }

  /** Empty for off. */
  private static String readHttpUrl(String text) {
    if (text.equalsIgnoreCase("off")) {
      return "";
    }
    if (!text.matches("(?i)https?://[!-~&&[^/?#]]+(/[!-~]*)?")) {
      throw new IllegalArgumentException("neither an http or https URL nor off");
    }
    return text;
  }

  private static Path readPath(String text) {
    return Path.of(readText(text));
  }

  private static long times(long amount, long unit) {
    try {
      return Math.multiplyExact(amount, unit);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("too large", e);
    }
  }
}
