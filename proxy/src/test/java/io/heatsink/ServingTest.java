package io.heatsink;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.config.Setting;
import io.heatsink.config.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The short way to read {@code serve} says what picocli says, or nothing. */
final class ServingTest {

  @Test
  void readsEveryOptionAsPicocliDoes() {
    for (Setting<?> setting : Settings.all()) {
      for (String name : setting.options()) {
        agrees("serve", name, "some=thing");
        agrees("serve", name + "=a b");
      }
    }
    agrees("serve");
    agrees("serve", "--config", "file.yaml", "--lanes=2", "--backend", "redis://h");
    agrees("serve", "--backend=redis-sentinel://u:p@a,b:1/2?master=m");
    agrees("serve", "--backend", "redis-cluster://a,b:7001");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "check-config file",
        "serve --help",
        "serve -h",
        "serve --lane 2",
        "serve --lanes",
        "serve --lanes 1 --lanes 2",
        "serve --backend redis://a --backend-url redis://b",
        "serve --lanes --admin",
        "serve --lanes=",
        "serve --config=",
        "serve --config a --config b",
        "serve @file",
        "serve --config @file",
        "serve --listen \"*:1\"",
        "serve more",
        "serve --embedded",
        "serve --backend-password secret"
      })
  void leavesTheRestToPicocli(String line) {
    assertThat(Serving.of(line.split(" ", -1))).isNull();
  }

  private static void agrees(String... args) {
    Serving serving = Objects.requireNonNull(Serving.of(args), String.join(" ", args));
    ParseResult parsed =
        new CommandLine(new ServeCommand())
            .parseArgs(Stream.of(args).skip(1).toArray(String[]::new));
    Map<String, String> options = new HashMap<>(SettingOptions.given(parsed));
    assertThat(serving.options()).as(List.of(args).toString()).isEqualTo(options);
    Path file = parsed.matchedOptionValue("--config", null);
    assertThat(serving.file()).isEqualTo(file);
  }
}
