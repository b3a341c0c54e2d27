package io.heatsink.benchmarks.staleness;

import io.heatsink.Heatsink;
import io.heatsink.Version;
import io.heatsink.config.ConfigException;
import io.heatsink.config.ConfigLoader;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heatsink staleness}: for how long what readers see had been overwritten. */
@Command(
    name = "staleness",
    description = {
      "Starts a Redis, and Heatsink before it; writes one hot key straight to Redis and reads it",
      "straight, through a Heatsink without a cache, and through one as it is. Prints for how long",
      "the answers had been overwritten when they were asked for, by percentile.",
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class StalenessCommand implements Callable<Integer> {

  private static final int WARM_UP_SECONDS = 3;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seconds",
      paramLabel = "<n>",
      defaultValue = "10",
      description = "How long for each kind of reader, 1 to 600. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--writes",
      paramLabel = "<n>",
      defaultValue = "1000",
      description = "Writes a second, 1 to 10000. Default: ${DEFAULT-VALUE}.")
  private int writes;

  @Option(
      names = "--reads",
      paramLabel = "<n>",
      defaultValue = "8000",
      description = "Reads a second, 100 to 100000. Default: ${DEFAULT-VALUE}.")
  private int reads;

  @Option(
      names = "--readers",
      paramLabel = "<n>",
      defaultValue = "4",
      description = "Connections that read, 1 to 64. Default: ${DEFAULT-VALUE}.")
  private int readers;

  @Option(
      names = "--ttl",
      paramLabel = "<time>",
      description = "Heatsink's cache.ttl, as in 500ms. Default: that of Heatsink.")
  private @Nullable String ttl;

  @Option(names = "--out", paramLabel = "<file>", description = "Also draws it there, as SVG.")
  private @Nullable Path out;

  @Override
  public Integer call() throws Exception {
    within("--seconds", seconds, 1, 600);
    within("--writes", writes, 1, 10_000);
    within("--reads", reads, 100, 100_000);
    within("--readers", readers, 1, 64);
    Map<String, Ages> ages = new LinkedHashMap<>();
    try (RedisServer redis = RedisServer.start()) {
      ages.put("direct", measure(redis, redis.port()));
      ages.put("heatsink, no cache", through(redis, "cache.enabled", "off"));
      String[] own = ttl == null ? new String[0] : new String[] {"cache.ttl", ttl};
      ages.put("heatsink", through(redis, own));
    }
    PrintWriter stdout = spec.commandLine().getOut();
    String title =
        String.format(
            Locale.ROOT,
            "Heatsink %s: one key, %,d writes a second to Redis, %,d reads a second",
            Version.text(),
            writes,
            reads);
    stdout.printf("%s.%n%n%s", title, Ages.table(ages));
    stdout.flush();
    if (out != null) {
      Files.writeString(out, Ages.svg(title, ages));
    }
    return ExitCode.OK;
  }

  private Ages through(RedisServer redis, String... settings) throws Exception {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("listen", "127.0.0.1:0");
    options.put("admin", "127.0.0.1:0");
    options.put("backend.url", "redis://127.0.0.1:" + redis.port());
    for (int i = 0; i < settings.length; i += 2) {
      options.put(settings[i], settings[i + 1]);
    }
    try (Heatsink heatsink = Heatsink.start(config(options))) {
      return measure(redis, heatsink.address().getPort());
    }
  }

  private HeatsinkConfig config(Map<String, String> options) {
    try {
      return ConfigLoader.load(null, Map.of(), options).config();
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Reads for a while so that the key is hot and the code compiled, and then counts. */
  private Ages measure(RedisServer redis, int port) throws Exception {
    Versions versions = new Versions((WARM_UP_SECONDS + seconds + 1) * writes);
    try (RawClient writer = redis.client();
        Readers crowd = new Readers(readers, port, versions)) {
      versions.write(writer);
      long every = TimeUnit.SECONDS.toNanos(1) / writes;
      long start = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
      long end = start + TimeUnit.SECONDS.toNanos(seconds);
      long pace = TimeUnit.SECONDS.toNanos(readers) / reads;
      crowd.start(start, end, pace);
      versions.writeUntil(end, every, writer);
      return crowd.join();
    }
  }

  private void within(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), option + " " + value + " is not allowed: " + least + " to " + most);
    }
  }
}
