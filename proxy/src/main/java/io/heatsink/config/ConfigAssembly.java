package io.heatsink.config;

import io.heatsink.config.ConfigException.Fault;
import io.heatsink.config.LoadedConfig.Given;
import io.heatsink.config.LoadedConfig.Source;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records out of checked values: looks up names, reads the password file, and holds
 * settings against each other. Confined to one thread.
 */
final class ConfigAssembly {

  static final int MAX_PASSWORD_BYTES = 64 << 10;

  private static final Given DEFAULT = new Given("", "default", Source.DEFAULT);
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1");

  private final Map<Setting<?>, Given> given;
  private final List<Fault> faults;

  /** Takes values that {@link Setting#read} accepted; adds to {@code faults} what does not fit. */
  ConfigAssembly(Map<Setting<?>, Given> given, List<Fault> faults) {
    this.given = given;
    this.faults = faults;
  }

  /** The records; not to be used if faults were added. */
  HeatsinkConfig assemble() {
    checkAddresses();
    checkCache();
    InetSocketAddress listen = get(Settings.LISTEN).isOff() ? null : resolve(Settings.LISTEN);
    InetSocketAddress admin = get(Settings.ADMIN).isOff() ? null : resolve(Settings.ADMIN);
    HeatsinkConfig.Backend backend = backend();
    return new HeatsinkConfig(
        listen,
        admin,
        toInt(Settings.LANES),
        backend,
        clients(),
        detector(),
        cache(),
        new HeatsinkConfig.Policy(get(Settings.POLICY_DEFAULT), get(Settings.POLICY_RULES)),
        get(Settings.COALESCING),
        get(Settings.COMBINING),
        get(Settings.COUNTERS_SPLIT),
        new AccessAssembly(this, faults).assemble(listen, admin, backend),
        operation());
  }

  private HeatsinkConfig.Backend backend() {
    BackendUrl url = get(Settings.BACKEND_URL);
    return new HeatsinkConfig.Backend(
        url.kind(),
        url.seeds(),
        url.masterName(),
        url.tls(),
        url.username(),
        password(url),
        sentinelPassword(),
        url.database(),
        get(Settings.BACKEND_CONNECT_TIMEOUT),
        toInt(Settings.BACKEND_MAX_PENDING),
        toInt(Settings.BACKEND_MAX_PINNED),
        get(Settings.BACKEND_RETRY_DEADLINE));
  }

  private HeatsinkConfig.Clients clients() {
    return new HeatsinkConfig.Clients(
        toInt(Settings.CLIENTS_MAX),
        get(Settings.CLIENTS_IDLE_TIMEOUT),
        toInt(Settings.CLIENTS_MAX_PIPELINE),
        toInt(Settings.CLIENTS_MAX_REQUEST),
        toInt(Settings.CLIENTS_MAX_OUTPUT),
        get(Settings.CLIENTS_FRESH_NAME_SUFFIX));
  }

  private HeatsinkConfig.Detector detector() {
    return new HeatsinkConfig.Detector(
        get(Settings.DETECTOR_ENABLED),
        get(Settings.DETECTOR_HOT_RATE),
        get(Settings.DETECTOR_HOT_SHARE),
        get(Settings.DETECTOR_MIN_RATE),
        toInt(Settings.DETECTOR_SAMPLING),
        get(Settings.DETECTOR_COOLDOWN),
        get(Settings.DETECTOR_HOT_BYTES));
  }

  private HeatsinkConfig.Cache cache() {
    return new HeatsinkConfig.Cache(
        get(Settings.CACHE_ENABLED),
        get(Settings.CACHE_MAX_BYTES),
        toInt(Settings.CACHE_MAX_ITEM),
        get(Settings.CACHE_MIN_RATE),
        get(Settings.CACHE_TTL),
        get(Settings.CACHE_UNTRACKED_TTL),
        get(Settings.CACHE_JITTER),
        get(Settings.CACHE_SHADOW_RATE));
  }

  private HeatsinkConfig.Operation operation() {
    return new HeatsinkConfig.Operation(
        get(Settings.MODE),
        get(Settings.DRAIN_TIMEOUT),
        get(Settings.LOG_LEVEL),
        get(Settings.LOG_FORMAT),
        toInt(Settings.METRICS_HOT_KEY_LABELS),
        get(Settings.METRICS_OTLP_URL),
        get(Settings.METRICS_OTLP_INTERVAL),
        get(Settings.SLOWLOG_THRESHOLD));
  }

  /**
   * The password from where it was given with the highest precedence; the URL's yields in a tie.
   */
  private @Nullable String password(BackendUrl url) {
    String apart = password(Settings.BACKEND_PASSWORD, Settings.BACKEND_PASSWORD_FILE);
    Given inUrl = origin(Settings.BACKEND_URL);
    boolean isFirst =
        apart == null
            || (inUrl.isBefore(origin(Settings.BACKEND_PASSWORD))
                && inUrl.isBefore(origin(Settings.BACKEND_PASSWORD_FILE)));
    return isFirst && url.password() != null ? url.password() : apart;
  }

  private @Nullable String sentinelPassword() {
    return password(Settings.BACKEND_SENTINEL_PASSWORD, Settings.BACKEND_SENTINEL_PASSWORD_FILE);
  }

  /** The secret from the text or the file, whichever has precedence; null where neither is. */
  @Nullable String password(Setting<String> inText, Setting<Path> inFile) {
    Given text = origin(inText);
    Given file = origin(inFile);
    if (text.source() == Source.DEFAULT && file.source() == Source.DEFAULT) {
      return null;
    }
    if (text.source() == file.source()) {
      String problem = "given beside " + inText.key() + " (" + text.origin() + ")";
      faults.add(Fault.of(inFile, file, problem, "keep one of the two"));
      return null;
    }
    return text.isBefore(file) ? get(inText) : readPassword(inFile, file);
  }

  private @Nullable String readPassword(Setting<Path> setting, Given where) {
    Path path = get(setting);
    String problem;
    try {
      if (Files.size(path) > MAX_PASSWORD_BYTES) {
        problem = "larger than 64 KiB";
      } else {
        String first = Files.readString(path).lines().findFirst().orElse("");
        if (!first.isEmpty()) {
          return first;
        }
        problem = "its first line is empty";
      }
    } catch (IOException e) {
      problem = "cannot be read (" + e.getClass().getSimpleName() + ")";
    }
    String remedy = "name a readable UTF-8 file whose first line is the password";
    faults.add(Fault.of(setting, where, problem, remedy));
    return null;
  }

  InetSocketAddress resolve(Setting<HostPort> setting) {
    try {
      return get(setting).resolve();
    } catch (UnknownHostException e) {
      String remedy = "write an address of this machine, or * for every interface";
      faults.add(Fault.of(setting, shown(setting), "the host cannot be looked up", remedy));
      return new InetSocketAddress(0);
    }
  }

  private void checkAddresses() {
    HostPort listen = get(Settings.LISTEN);
    HostPort tls = get(Settings.TLS_LISTEN);
    if (tls.port() != 0 && (tls.equals(listen) || tls.equals(get(Settings.ADMIN)))) {
      String problem = "the address of listen or admin";
      faults.add(
          Fault.of(
              Settings.TLS_LISTEN, shown(Settings.TLS_LISTEN), problem, "choose another port"));
    }
    if (listen.port() == 0) {
      return;
    }
    if (listen.equals(get(Settings.ADMIN))) {
      String problem = "the address where clients connect";
      faults.add(
          Fault.of(Settings.ADMIN, shown(Settings.ADMIN), problem, "choose another port, or off"));
    }
    for (HostPort seed : get(Settings.BACKEND_URL).seeds()) {
      if (isSame(seed, listen)) {
        String problem = "Heatsink's own address (listen = " + listen + ")";
        String remedy = "give the address of Redis, or listen elsewhere";
        faults.add(Fault.of(Settings.BACKEND_URL, shown(Settings.BACKEND_URL), problem, remedy));
      }
    }
  }

  private static boolean isSame(HostPort backend, HostPort listen) {
    boolean here =
        backend.host().equals(listen.host())
            || (THIS_MACHINE.contains(backend.host())
                && (listen.isEveryInterface() || THIS_MACHINE.contains(listen.host())));
    return here && backend.port() == listen.port();
  }

  private void checkCache() {
    if (get(Settings.CACHE_MAX_ITEM) > get(Settings.CACHE_MAX_BYTES)) {
      Given whole = shown(Settings.CACHE_MAX_BYTES);
      String problem = "above cache.max-bytes = " + whole.text() + " (" + whole.origin() + ")";
      String remedy = "lower it, or raise cache.max-bytes";
      faults.add(
          Fault.of(Settings.CACHE_MAX_ITEM, shown(Settings.CACHE_MAX_ITEM), problem, remedy));
    }
  }

  Given origin(Setting<?> setting) {
    return given.getOrDefault(setting, DEFAULT);
  }

  /** What was given, or the default as if it had been. */
  Given shown(Setting<?> setting) {
    String text = setting.defaultText() == null ? "" : setting.defaultText();
    return given.getOrDefault(setting, new Given(text, "default", Source.DEFAULT));
  }

  <T> T get(Setting<T> setting) {
    return setting.read(shown(setting).text());
  }

  /** Sizes of exactly 2 GiB become the largest int. */
  private int toInt(Setting<Long> setting) {
    return (int) Math.min(Integer.MAX_VALUE, get(setting));
  }
}
