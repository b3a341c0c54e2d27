package io.heatsink.benchmarks;

import io.heatsink.ServeCommand;
import io.heatsink.SettingOptions;
import io.heatsink.Version;
import io.heatsink.testkit.RedisServer;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heatsink serve}, which can also bring a Redis along. */
@Command(
    name = "serve",
    customSynopsis = "heatsink serve [--embedded] [--listen=<address>] [OPTION]...",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    modelTransformer = SettingOptions.class)
final class EmbeddedServeCommand extends ServeCommand {

  @Option(
      names = "--embedded",
      description = "Starts a Redis on a free loopback port and serves it; --backend is ignored.")
  private boolean embedded;

  @Override
  public Integer call() throws Exception {
    if (!embedded) {
      return super.call();
    }
    try (RedisServer redis = RedisServer.start()) {
      return serve(Map.of("backend.url", "redis://127.0.0.1:" + redis.port()));
    }
  }
}
