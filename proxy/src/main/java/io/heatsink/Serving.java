package io.heatsink;

import io.heatsink.config.ConfigException;
import io.heatsink.config.ConfigLoader;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.config.LoadedConfig;
import io.heatsink.config.Reloading;
import io.heatsink.config.Setting;
import io.heatsink.config.Settings;
import io.heatsink.log.LogSetup;
import io.heatsink.service.Stop;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What {@code serve} was asked, and one run of the proxy with that. Immutable.
 *
 * @param file the configuration file, if one was named
 * @param options texts by dotted key, not checked yet
 * @param instead texts by dotted key that win over all, as {@link ConfigLoader#load} takes them
 */
record Serving(@Nullable Path file, Map<String, String> options, Map<String, String> instead) {

  /** Apart, so that the log is set up no earlier than it must. */
  private static final class Log {
    static final Logger OUT = LoggerFactory.getLogger(Serving.class);
  }

  private static final String FILE_OPTION = "--config";

  /**
   * Reads the command line {@code serve [--option value]...} without picocli, whose loading takes
   * longer than all else that happens before the first client is served. Answers null to whatever
   * is less plain than that, help and faults included: picocli has to read it.
   */
  static @Nullable Serving of(String... args) {
    if (args.length == 0 || !args[0].equals("serve")) {
      return null;
    }
    Map<String, String> texts = new HashMap<>();
    for (int i = 1; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      String key = key(equals < 0 ? args[i] : args[i].substring(0, equals));
      if (equals < 0) {
        i++;
      }
      if (key == null || i == args.length) {
        return null;
      }
      String text = args[i].substring(equals + 1);
      if (!isPlain(text) || texts.put(key, text) != null) {
        return null;
      }
    }
    String file = texts.remove(FILE_OPTION);
    try {
      return new Serving(file == null ? null : Path.of(file), texts, Map.of());
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static @Nullable String key(String option) {
    if (option.equals(FILE_OPTION)) {
      return FILE_OPTION;
    }
    if (!option.startsWith("--")) {
      return null;
    }
    for (Setting<?> setting : Settings.all()) {
      if (setting.options().contains(option)) {
        return setting.key();
      }
    }
    return null;
  }

  /** Whether picocli could not see anything but a value in it. */
  private static boolean isPlain(String text) {
    return !text.isEmpty() && "-@\"'".indexOf(text.charAt(0)) < 0;
  }

  /**
   * Binds and serves, and says so.
   *
   * @param environment variables, as {@link ConfigLoader#load} takes them
   */
  Heatsink start(Map<String, String> environment) throws ConfigException {
    return start(ConfigLoader.load(file, environment, options, instead));
  }

  private static Heatsink start(LoadedConfig loaded) {
    HeatsinkConfig.Operation operation = loaded.config().operation();
    Heatsink heatsink = Heatsink.start(loaded.config());
    LogSetup.serving(operation.logLevel().name(), operation.logFormat().name());
    loaded.warnings().forEach(Log.OUT::warn);
    LoggingEventBuilder line = Log.OUT.atInfo();
    for (Map.Entry<String, String> door : heatsink.doors().entrySet()) {
      line = line.addKeyValue(door.getKey(), door.getValue());
    }
    line.addKeyValue("admin", text(heatsink.adminAddress()))
        .addKeyValue("backend", loaded.config().backend())
        .addKeyValue("given", String.join(", ", loaded.describeGiven()))
        .addKeyValue("version", Version.text())
        .log("serving");
    return heatsink;
  }

  /** Serves until the process is told to end. */
  void untilStopped() throws ConfigException {
    Reloading.Source source = () -> ConfigLoader.load(file, System.getenv(), options, instead);
    LoadedConfig loaded = source.load();
    Stop stop = Stop.onSignals();
    try (Heatsink heatsink = start(loaded)) {
      new Operating(heatsink, loaded, source, stop).untilStopped();
    }
  }

  private static String text(@Nullable InetSocketAddress address) {
    return address == null ? "off" : NetUtil.toSocketAddressString(address);
  }
}
