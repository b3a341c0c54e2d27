package io.heatsink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heatsink.config.ConfigException.Fault;
import io.heatsink.config.HeatsinkConfig.Backend;
import io.heatsink.config.HeatsinkConfig.Cache;
import io.heatsink.config.HeatsinkConfig.Clients;
import io.heatsink.config.HeatsinkConfig.Detector;
import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.config.HeatsinkConfig.Policy;
import io.heatsink.config.HeatsinkConfig.PolicyRule;
import io.heatsink.config.HeatsinkConfig.SplitCounter;
import io.heatsink.config.HeatsinkConfig.SplitCounter.Reply;
import io.heatsink.config.HeatsinkConfig.SplitCounter.When;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Precedence of the sources, and what an operator reads when a setting is wrong. */
final class ConfigLoaderTest {

  @TempDir private Path folder = Path.of("");

  @Test
  void defaultsAreThoseOfTheRecords() throws ConfigException {
    HeatsinkConfig config = ConfigLoader.load(null, Map.of(), Map.of()).config();
    assertThat(config)
        .isEqualTo(
            new HeatsinkConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 6380),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 9180),
                1,
                new Backend(
                    Backend.Kind.SINGLE,
                    List.of(new HostPort("127.0.0.1", 6379)),
                    null,
                    false,
                    null,
                    null,
                    null,
                    0,
                    Duration.ofSeconds(2),
                    100_000,
                    1_000,
                    Duration.ofSeconds(5)),
                new Clients(10_000, Duration.ZERO, 4_096, 64 << 20, 256 << 20, ":fresh"),
                new Detector(true, 1_000, 0.01, 100, 0, Duration.ofSeconds(10), 10 << 20),
                new Cache(
                    true,
                    32 << 20,
                    1 << 20,
                    10,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(1),
                    5.0 / 60,
                    0),
                new Policy(Level.TRACKED, List.of()),
                true,
                true,
                List.of(),
                Access.DEFAULT,
                new HeatsinkConfig.Operation(
                    HeatsinkConfig.Mode.ACTIVE,
                    Duration.ofSeconds(10),
                    HeatsinkConfig.LogLevel.INFO,
                    HeatsinkConfig.LogFormat.TEXT,
                    0,
                    "",
                    Duration.ofSeconds(60),
                    Duration.ofMillis(10))));
  }

  @Test
  void optionBeatsVariableBeatsFileBeatsDefault() throws Exception {
    Path file = file("clients:\n  max: 1\n  max-pipeline: 2\n  idle-timeout: 3s\n");
    Map<String, String> environment =
        Map.of("HEATSINK_CLIENTS_MAX", "4", "HEATSINK_CLIENTS_MAX_PIPELINE", "5");
    Clients clients =
        ConfigLoader.load(file, environment, Map.of("clients.max", "6")).config().clients();
    assertThat(clients.max()).isEqualTo(6);
    assertThat(clients.maxPipeline()).isEqualTo(5);
    assertThat(clients.idleTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(clients.maxRequestBytes()).isEqualTo(64 << 20);
  }

  @Test
  void everySettingHasAKeyAVariableAndAnOptionThatMeanTheSame() throws Exception {
    String secret = Files.writeString(folder.resolve("secret"), "x").toString();
    for (Setting<?> setting : Settings.all()) {
      boolean isPath = setting.unit().equals(ValueType.PATH.name());
      String yaml = setting.keys().get(0) + ": " + (isPath ? secret : setting.example()) + "\n";
      Map<String, String> rest = companions(setting, secret);
      LoadedConfig fromFile = ConfigLoader.load(file(yaml), rest, Map.of());
      String text = Objects.requireNonNull(fromFile.origins().get(setting)).text();
      for (String variable : setting.variables()) {
        Map<String, String> environment = new HashMap<>(rest);
        environment.put(variable, text);
        LoadedConfig loaded = ConfigLoader.load(null, environment, Map.of());
        assertThat(loaded.config()).as(variable).isEqualTo(fromFile.config());
      }
      for (String key : setting.keys()) {
        LoadedConfig loaded = ConfigLoader.load(null, rest, Map.of(key, text));
        assertThat(loaded.config()).as(key).isEqualTo(fromFile.config());
      }
      assertThat(fromFile.config())
          .as("the example of %s changes something", setting)
          .isNotEqualTo(ConfigLoader.load(null, Map.of(), Map.of()).config());
    }
  }

  /** Variables without which a setting makes no sense, or changes nothing. */
  private static Map<String, String> companions(Setting<?> setting, String file) {
    Map<String, String> all = new HashMap<>();
    String key = setting.key();
    if (key.startsWith("tls.")) {
      all.put("HEATSINK_TLS_LISTEN", "127.0.0.1:6390");
      all.put("HEATSINK_TLS_CERT_FILE", file);
      all.put("HEATSINK_TLS_KEY_FILE", file);
      all.put("HEATSINK_TLS_CA_FILE", file);
      all.put("HEATSINK_TLS_CLIENT_CERTIFICATES", "optional");
    } else if (key.startsWith("backend.tls.")) {
      all.put("HEATSINK_BACKEND", "rediss://redis");
      all.put("HEATSINK_BACKEND_TLS_CERT_FILE", file);
      all.put("HEATSINK_BACKEND_TLS_KEY_FILE", file);
    }
    switch (key) {
      case "listen-unix-mode" -> all.put("HEATSINK_LISTEN_UNIX", file);
      case "clients.auth" -> all.put("HEATSINK_CLIENTS_USERS_FILE", file);
      case "clients.users-file" -> all.put("HEATSINK_CLIENTS_AUTH", "file");
      case "clients.protected-mode" -> all.put("HEATSINK_LISTEN", "*:6380");
      case "admin.open" -> all.put("HEATSINK_ADMIN", "*:9180");
      default -> {}
    }
    all.keySet().removeAll(setting.variables());
    return all;
  }

  @Test
  void theVariableNamesTheFileUnlessTheOptionDoes() throws Exception {
    Path one = file("lanes: 2\n");
    Map<String, String> environment = Map.of("HEATSINK_CONFIG", one.toString());
    assertThat(ConfigLoader.load(null, environment, Map.of()).config().lanes()).isEqualTo(2);
    Path other = Files.writeString(folder.resolve("other.yaml"), "lanes: 3\n");
    assertThat(ConfigLoader.load(other, environment, Map.of()).config().lanes()).isEqualTo(3);
  }

  @Test
  void listsEveryFaultAtOnce() throws IOException {
    Path file = file("lanes: 0\nclient:\n  max: 5\ncache:\n  ttl: 5\n  ttll: 1s\nclients: many\n");
    Map<String, String> environment =
        Map.of("HEATSINK_LANE", "2", "HEATSINK_DETECTOR_HOT_RATE", "fast", "PATH", "/bin");
    List<Fault> faults = faults(file, environment, Map.of("combining", "perhaps"));
    assertThat(faults)
        .extracting(Fault::toString)
        .containsExactlyInAnyOrder(
            file
                + ":1: lanes = 0: below the allowed range (allowed: 1 to 64); "
                + "write a whole number, from 1 to 64",
            file + ":3: client.max: unknown key; did you mean clients.max?",
            file
                + ":5: cache.ttl = 5: a duration without its unit (allowed: 1ms to 24h); "
                + "write a whole number with its unit us, ms, s, m, h or d, from 1ms to 24h",
            file + ":6: cache.ttll: unknown key; did you mean cache.ttl?",
            file
                + ":7: clients: a section, not a value; "
                + "indent its keys below it, as in config/reference.yaml",
            "variable HEATSINK_LANE: unknown setting; did you mean HEATSINK_LANES?",
            "variable HEATSINK_DETECTOR_HOT_RATE: detector.hot-rate = fast: not a number "
                + "(allowed: 1 to 10000000); "
                + "write a number, or a number with /s, from 1 to 10000000",
            "option --combining: combining = perhaps: neither on nor off (allowed: on or off); "
                + "write on or off");
  }

  @Test
  void namesFileAndLineOfWrongSyntax() throws IOException {
    Path file = file("lanes: 1\nclients: {max: 1\nlisten: x\n");
    assertThat(faults(file, Map.of(), Map.of()))
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.origin()).isEqualTo(file + ":3");
              assertThat(fault.problem()).startsWith("not valid YAML at column ");
            });
  }

  @Test
  void refusesAKeyThatIsGivenTwice() throws IOException {
    Path file = file("lanes: 1\nlanes: 2\n");
    assertThat(faults(file, Map.of(), Map.of()))
        .singleElement()
        .hasToString(
            file + ":2: lanes: given twice, first at " + file + ":1; delete one of the two");
    Path both = file("backend:\n  url: redis://a\n---\nlanes: 2\n");
    assertThat(faults(both, Map.of(), Map.of())).hasSize(1);
  }

  @Test
  void saysWhyAFileCannotBeRead() throws IOException {
    Path missing = folder.resolve("missing.yaml");
    assertThat(faults(missing, Map.of(), Map.of()))
        .singleElement()
        .hasToString(missing + ": no such file; create it, or correct --config or HEATSINK_CONFIG");
    assertThat(faults(folder, Map.of(), Map.of())).hasSize(1);
    Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {(byte) 0xe4, ':'});
    assertThat(faults(latin, Map.of(), Map.of()).get(0).problem()).isEqualTo("not UTF-8 text");
    Path list = file("- lanes\n");
    assertThat(faults(list, Map.of(), Map.of())).hasSize(1);
  }

  @Test
  void anEmptyFileOrValueIsTheDefault() throws Exception {
    HeatsinkConfig defaults = ConfigLoader.load(null, Map.of(), Map.of()).config();
    for (String text : List.of("", "# nothing\n", "---\n", "lanes:\n", "clients:\n  max: ~\n")) {
      assertThat(ConfigLoader.load(file(text), Map.of(), Map.of()).config()).isEqualTo(defaults);
    }
  }

  @Test
  void readsSplitCountersFromFileAndVariable() throws Exception {
    Path file =
        file(
            """
            counters:
              split:
                - pattern: "tweet:*:likes"
                - {pattern: 'a"\\b', shards: 20, name: "{key}#{shard}", when: always, reply: ok}
                - {pattern: c, reply: exact, freshness: 0s, fold-after: 1h, total-every: 2s}
            """);
    List<SplitCounter> counters = ConfigLoader.load(file, Map.of(), Map.of()).config().counters();
    assertThat(counters)
        .containsExactly(
            split("tweet:*:likes", 10, When.HOT, Reply.APPROXIMATE, 100, 60, 0),
            new SplitCounter(
                "a\"\\b",
                20,
                "{key}#{shard}",
                When.ALWAYS,
                Reply.OK,
                Duration.ofMillis(100),
                Duration.ofSeconds(60),
                Duration.ZERO),
            split("c", 10, When.HOT, Reply.EXACT, 0, 3600, 2));
    String variable = "[{pattern: \"x*\", shards: 2}]";
    assertThat(
            ConfigLoader.load(null, Map.of("HEATSINK_COUNTERS_SPLIT", variable), Map.of())
                .config()
                .counters())
        .containsExactly(split("x*", 2, When.HOT, Reply.APPROXIMATE, 100, 60, 0));
  }

  private static SplitCounter split(
      String pattern,
      int shards,
      When when,
      Reply reply,
      int freshMillis,
      int foldSeconds,
      int totalSeconds) {
    return new SplitCounter(
        pattern,
        shards,
        "heatsink:{tag}:{key}:{shard}",
        when,
        reply,
        Duration.ofMillis(freshMillis),
        Duration.ofSeconds(foldSeconds),
        Duration.ofSeconds(totalSeconds));
  }

  @Test
  void saysWhichSplitCounterIsWrong() throws IOException {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "[{shards: 3}]", "element 1: the pattern is missing",
                "[{pattern: a}, {pattern: b, shards: 1}]",
                    "element 2: shards is not a number from 2 to 1000",
                "[{pattern: a, name: x}]", "element 1: the name lacks {key} or {shard}",
                "[{pattern: a, when: hot}]", "element 1: when is neither always nor when-hot",
                "[{pattern: a, reply: sum}]", "element 1: reply is not approximate, exact or ok",
                "[{pattern: a, freshness: 2h}]", "element 1: freshness is not from 0s to 1h",
                "[{pattern: a, fold-after: 1}]", "element 1: fold-after is",
                "[{pattern: a, count: 3}]", "element 1: unknown field count",
                "{pattern: a}", "not a list",
                "[", "not a YAML list")
            .entrySet()) {
      assertThat(faults(null, Map.of("HEATSINK_COUNTERS_SPLIT", wrong.getKey()), Map.of()))
          .singleElement()
          .satisfies(fault -> assertThat(fault.problem()).startsWith(wrong.getValue()));
    }
  }

  @Test
  void aTotalIsKeptEverySoOftenOrNot() throws IOException {
    String wrong = "[{pattern: a, total-every: off}, {pattern: a, total-every: 9ms}]";
    assertThat(faults(null, Map.of("HEATSINK_COUNTERS_SPLIT", wrong), Map.of()))
        .singleElement()
        .satisfies(
            fault ->
                assertThat(fault.problem())
                    .startsWith("element 2: total-every is not from 100ms to 1h, or off"));
  }

  @Test
  void countersThatAreSplitAllTheSameAreWarnedOf() throws Exception {
    Map<String, String> variables =
        Map.of("HEATSINK_MODE", "observe", "HEATSINK_COUNTERS_SPLIT", "[{pattern: 'x:*'}]");
    assertThat(ConfigLoader.load(null, variables, Map.of()).warnings())
        .singleElement()
        .asString()
        .contains("counters.split");
    assertThat(ConfigLoader.load(null, Map.of("HEATSINK_MODE", "observe"), Map.of()).warnings())
        .isEmpty();
  }

  @Test
  void readsPolicyRulesFromFileAndVariable() throws Exception {
    Path file =
        file(
            """
            policy:
              default: coalesced
              rules:
                - pattern: "balance:*"
                  level: fresh
                - {pattern: "feed:*", level: ttl, ttl: 500ms}
                - {pattern: "user:*", level: stale-if-error, ttl: 30s, max-stale: 10m}
                - {pattern: "big:*", level: tracked, replicas: true}
                - {pattern: "log:*", level: coalesced, replicas: true, replica-max-lag: 5s}
            """);
    assertThat(ConfigLoader.load(file, Map.of(), Map.of()).config().policy())
        .isEqualTo(
            new Policy(
                Level.COALESCED,
                List.of(
                    new PolicyRule("balance:*", Level.FRESH, null, null),
                    new PolicyRule("feed:*", Level.TTL, Duration.ofMillis(500), null),
                    new PolicyRule(
                        "user:*",
                        Level.STALE_IF_ERROR,
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(10)),
                    new PolicyRule("big:*", Level.TRACKED, null, null, Duration.ofSeconds(1)),
                    new PolicyRule("log:*", Level.COALESCED, null, null, Duration.ofSeconds(5)))));
    Map<String, String> variables =
        Map.of("HEATSINK_POLICY_RULES", "[{pattern: x, level: tracked, ttl: 1h}]");
    assertThat(ConfigLoader.load(null, variables, Map.of()).config().policy().rules())
        .containsExactly(new PolicyRule("x", Level.TRACKED, Duration.ofHours(1), null));
  }

  @Test
  void saysWhichPolicyRuleIsWrong() throws IOException {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("[{level: ttl}]", "element 1: the pattern is missing");
    wrong.put("[a]", "element 1: not a mapping with pattern, level, ttl, max-stale");
    wrong.put("[{pattern: a, level: ttl}, {pattern: b}]", "element 2: the level is missing");
    wrong.put("[{pattern: a, level: new}]", "element 1: the level is not fresh, coalesced, ");
    wrong.put("[{pattern: a, level: ttl, tll: 1s}]", "element 1: unknown field tll");
    wrong.put("[{pattern: a, level: ttl, ttl: 5}]", "element 1: ttl is a duration without");
    wrong.put("[{pattern: a, level: ttl, ttl: 25h}]", "element 1: ttl is not from 1ms to 24h");
    wrong.put("[{pattern: a, level: fresh, ttl: 5s}]", "element 1: ttl has no meaning at level");
    wrong.put(
        "[{pattern: a, level: ttl, max-stale: 5s}]",
        "element 1: max-stale has no meaning at level ttl");
    wrong.put("[{pattern: a, level: stale-if-error}]", "element 1: max-stale is missing: how old");
    wrong.put(
        "[{pattern: a, level: ttl, replicas: 2}]", "element 1: replicas is not true or false");
    wrong.put(
        "[{pattern: a, level: fresh, replicas: true}]",
        "element 1: replicas has no meaning at level fresh");
    wrong.put(
        "[{pattern: a, level: ttl, replica-max-lag: 1s}]",
        "element 1: replica-max-lag has no meaning without replicas: true");
    for (Map.Entry<String, String> one : wrong.entrySet()) {
      Path file = file("policy:\n  rules: " + one.getKey() + "\n");
      assertThat(faults(file, Map.of(), Map.of()))
          .singleElement()
          .satisfies(
              fault -> {
                assertThat(fault.origin()).isEqualTo(file + ":2");
                assertThat(fault.subject()).startsWith("policy.rules = [");
                assertThat(fault.problem()).startsWith(one.getValue());
                assertThat(fault.remedy())
                    .isEqualTo(
                        "write a list of"
                            + " {pattern, level, ttl, max-stale, replicas, replica-max-lag}");
              });
    }
    assertThat(faults(null, Map.of(), Map.of("policy.default", "stale-if-error")))
        .singleElement()
        .satisfies(fault -> assertThat(fault.problem()).contains("a last rule with pattern \"*\""));
  }

  @Test
  void theSuffixOfFreshClientsCanBeSwitchedOff() throws Exception {
    assertThat(
            ConfigLoader.load(null, Map.of(), Map.of("clients.fresh-name-suffix", "off"))
                .config()
                .clients()
                .freshNameSuffix())
        .isEmpty();
    assertThat(faults(null, Map.of(), Map.of("clients.fresh-name-suffix", "a b"))).hasSize(1);
  }

  @Test
  void ignoresVariablesThatKubernetesAddsForServices() throws ConfigException {
    Map<String, String> links =
        Map.of(
            "HEATSINK_SERVICE_HOST", "10.0.0.1",
            "HEATSINK_SERVICE_PORT_REDIS", "6380",
            "HEATSINK_PORT", "tcp://10.0.0.1:6380",
            "HEATSINK_PORT_6380_TCP_ADDR", "10.0.0.1");
    assertThat(ConfigLoader.load(null, links, Map.of()).describeGiven()).isEmpty();
  }

  @Test
  void settingsThatContradictEachOtherAreFaults() {
    assertThat(
            faults(null, Map.of(), Map.of("cache.max-bytes", "1mb", "cache.max-item-bytes", "2mb")))
        .singleElement()
        .satisfies(f -> assertThat(f.problem()).startsWith("above cache.max-bytes = 1mb"));
    assertThat(faults(null, Map.of(), Map.of("listen", "127.0.0.1:9180"))).hasSize(1);
    assertThat(faults(null, Map.of(), Map.of("listen", "[::1]:6379"))).hasSize(1);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("heatsink.yaml"), text);
  }

  private static List<Fault> faults(
      @Nullable Path file, Map<String, String> environment, Map<String, String> options) {
    ConfigException exception =
        catchThrowableOfType(
            ConfigException.class, () -> ConfigLoader.load(file, environment, options));
    assertThat(exception).isNotNull();
    assertThat(exception).message().hasLineCount(exception.faults().size());
    return exception.faults();
  }
}
