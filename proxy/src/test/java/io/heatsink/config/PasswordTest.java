package io.heatsink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the backend's password comes from, and that nothing prints it. */
final class PasswordTest {

  private static final String URL = "redis://app:from-url@redis:7000/3";

  @TempDir private Path folder = Path.of("");

  @Test
  void theUrlHoldsUserPasswordAndDatabase() throws ConfigException {
    HeatsinkConfig.Backend backend =
        ConfigLoader.load(null, Map.of(), Map.of("backend.url", "redis://a%3Ab:p%40+w@h:1/15"))
            .config()
            .backend();
    assertThat(backend.username()).isEqualTo("a:b");
    assertThat(backend.password()).isEqualTo("p@+w");
    assertThat(backend.host()).isEqualTo("h");
    assertThat(backend.port()).isEqualTo(1);
    assertThat(backend.database()).isEqualTo(15);
  }

  @Test
  void theSourceOfHighestPrecedenceWinsAndTheUrlYieldsInATie() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "from-file\r\n");
    Map<String, String> variable = Map.of("HEATSINK_BACKEND_PASSWORD", "from-variable");
    assertThat(password(null, variable, Map.of())).isEqualTo("from-variable");
    assertThat(password(null, variable, Map.of("backend.url", URL))).isEqualTo("from-url");
    Map<String, String> both =
        Map.of("HEATSINK_BACKEND_PASSWORD", "from-variable", "HEATSINK_BACKEND_URL", URL);
    assertThat(password(null, both, Map.of())).isEqualTo("from-variable");
    Map<String, String> option = Map.of("backend.password-file", file.toString());
    assertThat(password(null, both, option)).isEqualTo("from-file");
    assertThat(password(null, Map.of(), Map.of("backend.url", "redis://app:@h"))).isNull();
  }

  @Test
  void sentinelsHaveAPasswordOfTheirOwn() throws Exception {
    Path file = Files.writeString(folder.resolve("sentinel"), "from-file\n");
    Map<String, String> url = Map.of("backend.url", "redis-sentinel://:data@h?master=m");
    Map<String, String> variable = Map.of("HEATSINK_BACKEND_SENTINEL_PASSWORD", "from-variable");
    assertThat(backend(Map.of(), url).sentinelPassword()).isNull();
    assertThat(backend(variable, url).sentinelPassword()).isEqualTo("from-variable");
    assertThat(backend(variable, url).password()).isEqualTo("data");
    Map<String, String> option =
        Map.of(
            "backend.url",
            "redis-sentinel://h?master=m",
            "backend.sentinel-password-file",
            file.toString());
    assertThat(backend(variable, option).sentinelPassword()).isEqualTo("from-file");
    assertThat(backend(variable, option).password()).isNull();
    assertThat(ConfigLoader.load(null, variable, option).config().access().sentinelPasswordFile())
        .as("to be read again when it changes")
        .isEqualTo(file);
    assertThat(ConfigLoader.load(null, variable, url).config().access().sentinelPasswordFile())
        .isNull();
  }

  @Test
  void refusesTwoPasswordsFromOneSourceAndFilesWithoutOne() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    Map<String, String> both =
        Map.of(
            "HEATSINK_BACKEND_PASSWORD", "x", "HEATSINK_BACKEND_PASSWORD_FILE", empty.toString());
    assertThatThrownBy(() -> password(null, both, Map.of()))
        .hasMessageContaining("keep one of the two");
    for (Path file : new Path[] {empty, folder.resolve("missing"), folder}) {
      assertThatThrownBy(
              () -> password(null, Map.of(), Map.of("backend.password-file", file.toString())))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("whose first line is the password");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://app:hunter2@h:1/x",
        "redis://app:hun%zzhunter2@h",
        "redis://hunter2@h",
        "rediss://app:hunter2@h:x",
        "app:hunter2@h",
        "redis://app:x@hunter2@:0",
        "hunter2@h",
        "redis://:hunter2@h:99999",
        "redis-cluster://:hunter2@h/1",
        "redis-sentinel://:hunter2@h",
        "redis+unix://:hunter2@run/redis.sock",
      })
  void noFaultRepeatsThePassword(String url) {
    assertThatThrownBy(() -> password(null, Map.of("HEATSINK_BACKEND", url), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageNotContaining("hunter2")
        .hasMessageContaining("variable HEATSINK_BACKEND: backend.url = ");
  }

  @Test
  void nothingThatIsLoadedShowsThePassword() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("heatsink.yaml"),
            "backend:\n  url: redis://app:hunter1@h\n  password: hunter2\n");
    LoadedConfig loaded = ConfigLoader.load(file, Map.of(), Map.of());
    assertThat(loaded.config().backend().password()).isEqualTo("hunter2");
    assertThat(loaded.toString() + loaded.config() + loaded.origins() + loaded.describe())
        .doesNotContain("hunter");
    assertThat(loaded.describe())
        .contains(
            "backend.url=redis://app:***@h (" + file + ":2)",
            "backend.password=*** (" + file + ":3)");
    assertThat(BackendUrl.parse(URL).toString()).isEqualTo("redis://app:***@redis:7000/3");
    assertThat(Settings.BACKEND_PASSWORD.options()).isEmpty();
  }

  private static @Nullable String password(
      @Nullable Path file, Map<String, String> environment, Map<String, String> options)
      throws ConfigException {
    return ConfigLoader.load(file, environment, options).config().backend().password();
  }

  private static HeatsinkConfig.Backend backend(
      Map<String, String> environment, Map<String, String> options) throws ConfigException {
    return ConfigLoader.load(null, environment, options).config().backend();
  }
}
