package io.heatsink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heatsink.config.ConfigException.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which doors may be open to whom: the table of docs/security.md. */
final class AccessAssemblyTest {

  @TempDir private Path folder = Path.of("");
  private String file = "";

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("file"), "secret\n").toString();
  }

  @ParameterizedTest
  @CsvSource({
    // listen, clients.auth, backend.url, clients.protected-mode, outcome
    "127.0.0.1:1, , redis://h, , open",
    "[::1]:1, , redis://:pw@h, , open",
    "*:1, , redis://h, , refused",
    "0.0.0.0:1, , redis://:pw@h, , refused",
    "*:1, backend, redis://h, , guarded",
    "*:1, backend, redis://:pw@h, , refused",
    "*:1, file, redis://h, , guarded",
    "*:1, file, redis://:pw@h, , guarded",
    "*:1, , redis://h, off, open",
    "*:1, , redis://:pw@h, off, open",
  })
  void whoIsLetInWhere(String listen, String auth, String url, String isProtected, String outcome)
      throws ConfigException {
    Map<String, String> options = new HashMap<>(Map.of("listen", listen, "backend.url", url));
    if (auth != null) {
      options.put("clients.auth", auth);
    }
    if ("file".equals(auth)) {
      options.put("clients.users-file", file);
    }
    if (isProtected != null) {
      options.put("clients.protected-mode", isProtected);
    }
    if (outcome.equals("refused")) {
      assertThat(faults(options))
          .singleElement()
          .satisfies(
              fault ->
                  assertThat(fault.toString())
                      .contains("listen = ", "clients.auth: file", "clients.protected-mode: off"));
    } else {
      Access access = loaded(options);
      assertThat(access.isGuarded()).isEqualTo(outcome.equals("guarded"));
    }
  }

  @Test
  void theNameInTheBackendsCertificateIsCheckedUnlessToldOtherwise() throws ConfigException {
    Map<String, String> options = new HashMap<>(Map.of("backend.url", "rediss://h"));
    assertThat(loaded(options).backend().checksHost()).isTrue();
    options.put("backend.tls.verify-hostname", "off");
    assertThat(loaded(options).backend().checksHost()).isFalse();
  }

  private static Access loaded(Map<String, String> options) throws ConfigException {
    return ConfigLoader.load(null, Map.of(), options).config().access();
  }

  @Test
  void aDoorThatAsksForCertificatesNeedsNoMore() throws ConfigException {
    Map<String, String> options = new HashMap<>();
    options.put("tls.listen", "*:1");
    options.put("tls.cert-file", file);
    options.put("tls.key-file", file);
    assertThat(faults(options))
        .singleElement()
        .satisfies(f -> assertThat(f.subject()).contains("tls"));
    options.put("tls.ca-file", file);
    options.put("tls.client-certificates", "required");
    assertThat(loaded(options).isGuarded()).isFalse();
    options.put("tls.client-certificates", "optional");
    assertThat(faults(options)).hasSize(1);
  }

  @Test
  void thePagesAreForThisMachineUnlessTheyAskForAToken() throws ConfigException {
    assertThat(faults(Map.of("admin.listen", "*:1")))
        .singleElement()
        .satisfies(
            fault ->
                assertThat(fault.toString())
                    .contains("HEATSINK_ADMIN_TOKEN", "admin.token-file", "admin.open: on"));
    for (Map<String, String> more :
        List.of(
            Map.of("admin.token", "t"),
            Map.of("admin.token-file", file),
            Map.of("admin.open", "on"))) {
      Map<String, String> options = new HashMap<>(more);
      options.put("admin.listen", "*:1");
      HeatsinkConfig config = ConfigLoader.load(null, Map.of(), options).config();
      assertThat(config.toString()).doesNotContain("token=t,");
    }
  }

  @Test
  void whatMakesNoSenseAloneIsAFault() {
    assertThat(faults(Map.of("listen", "off"))).hasSize(1);
    assertThat(faults(Map.of("tls.listen", "127.0.0.1:1"))).hasSize(2);
    assertThat(faults(Map.of("clients.auth", "file"))).hasSize(1);
    assertThat(faults(Map.of("clients.users-file", file))).hasSize(1);
    assertThat(faults(Map.of("clients.users-file", "/none", "clients.auth", "file"))).hasSize(1);
    assertThat(faults(Map.of("backend.tls.ca-file", file))).hasSize(1);
    assertThat(faults(Map.of("backend.tls.key-file", file, "backend.url", "rediss://h")))
        .hasSize(1);
  }

  @Test
  void aPasswordAmongTheOptionsIsWarnedOf() throws ConfigException {
    LoadedConfig shown =
        ConfigLoader.load(null, Map.of(), Map.of("backend.url", "redis://:hunter2@h"));
    assertThat(shown.warnings())
        .singleElement()
        .satisfies(
            line ->
                assertThat(line).contains("HEATSINK_BACKEND_PASSWORD").doesNotContain("hunter2"));
    Map<String, String> variable = Map.of("HEATSINK_BACKEND", "redis://:hunter2@h");
    assertThat(ConfigLoader.load(null, variable, Map.of()).warnings()).isEmpty();
  }

  @Test
  void aBackendThatIsBroughtAlongIsNotGivenAnothersPassword() throws ConfigException {
    Map<String, String> environment =
        Map.of("HEATSINK_BACKEND_PASSWORD", "pw", "HEATSINK_BACKEND", "rediss://other");
    HeatsinkConfig.Backend backend =
        ConfigLoader.load(null, environment, Map.of(), Map.of("backend.url", "redis://127.0.0.1:1"))
            .config()
            .backend();
    assertThat(backend.password()).isNull();
    assertThat(backend.tls()).isFalse();
    assertThat(backend.port()).isEqualTo(1);
  }

  private static List<Fault> faults(Map<String, String> options) {
    ConfigException exception =
        catchThrowableOfType(
            ConfigException.class, () -> ConfigLoader.load(null, Map.of(), options));
    assertThat(exception).isNotNull();
    return exception.faults();
  }
}
