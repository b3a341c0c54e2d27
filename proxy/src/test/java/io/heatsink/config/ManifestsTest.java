package io.heatsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What is shipped to run Heatsink sets nothing that does not exist, and agrees with itself. */
final class ManifestsTest {

  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..").normalize();
  private static final Pattern ENV = Pattern.compile("(HEATSINK_[A-Z_]+)=\"([^\"]*)\"");
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)```");

  @TempDir private Path folder = Path.of("");

  private static List<Object> documents(String file) throws IOException {
    List<Object> all = new ArrayList<>();
    String text = Files.readString(ROOT.resolve(file));
    new Load(LoadSettings.builder().build()).loadAllFromString(text).forEach(all::add);
    return all;
  }

  /** The value at this path of keys and list places. */
  private static Object at(Object node, Object... path) {
    Object found = node;
    for (Object step : path) {
      found =
          step instanceof Integer place
              ? ((List<?>) found).get(place)
              : Objects.requireNonNull(((Map<?, ?>) found).get(step), step::toString);
    }
    return found;
  }

  private static LoadedConfig load(Map<String, String> environment) throws ConfigException {
    return ConfigLoader.load(null, environment, Map.of());
  }

  @Test
  void theImageSetsWhatExists() throws Exception {
    Map<String, String> environment = new HashMap<>();
    Matcher set = ENV.matcher(Files.readString(ROOT.resolve("Dockerfile")));
    while (set.find()) {
      environment.put(set.group(1), set.group(2));
    }
    assertThat(environment).hasSize(3);
    assertThat(Objects.requireNonNull(load(environment).config().listen()).getPort())
        .isEqualTo(6380);
  }

  @Test
  void theComposition() throws Exception {
    Object heatsink = at(documents("config/docker-compose.yaml").get(0), "services", "heatsink");
    Map<String, String> environment = new HashMap<>();
    ((Map<?, ?>) at(heatsink, "environment"))
        .forEach((name, value) -> environment.put(name.toString(), value.toString()));
    HeatsinkConfig config = load(environment).config();
    assertThat(config.operation().logFormat()).isEqualTo(HeatsinkConfig.LogFormat.JSON);
    long grace = ValueType.DURATION.read(at(heatsink, "stop_grace_period").toString()).toSeconds();
    assertThat(grace).isGreaterThan(config.operation().drainTimeout().toSeconds());
  }

  @Test
  void theSidecar() throws Exception {
    List<Object> documents = documents("config/kubernetes/sidecar.yaml");
    Path file = folder.resolve("heatsink.yaml");
    Path secret = Files.writeString(folder.resolve("password"), "secret\n");
    String settings = at(documents.get(0), "data", "heatsink.yaml").toString();
    Files.writeString(file, settings.replace("/run/secrets/redis/password", secret.toString()));
    Object pod = at(documents.get(1), "spec", "template", "spec");
    Object sidecar = at(pod, "initContainers", 0);
    Map<String, String> environment = new HashMap<>();
    for (Object variable : (List<?>) at(sidecar, "env")) {
      environment.put(at(variable, "name").toString(), at(variable, "value").toString());
    }
    HeatsinkConfig config = ConfigLoader.load(file, environment, Map.of()).config();
    int port = Objects.requireNonNull(config.admin()).getPort();
    assertThat(at(sidecar, "ports", 0, "containerPort")).isEqualTo(port);
    assertThat(at(sidecar, "restartPolicy")).isEqualTo("Always");
    assertThat(at(documents.get(2), "spec", "ingress", 0, "ports", 0, "port")).isEqualTo(port);
    assertThat((int) at(pod, "terminationGracePeriodSeconds"))
        .isGreaterThan((int) config.operation().drainTimeout().toSeconds());
    assertThat(Files.readString(ROOT.resolve("Dockerfile")))
        .contains("USER " + at(sidecar, "securityContext", "runAsUser") + ":");
  }

  @Test
  void theUnitGivesADrainItsTime() throws Exception {
    String unit = Files.readString(ROOT.resolve("config/heatsink.service"));
    Matcher stop = Pattern.compile("TimeoutStopSec=(\\d+)s").matcher(unit);
    assertThat(stop.find()).isTrue();
    assertThat(Long.parseLong(stop.group(1)))
        .isGreaterThan(load(Map.of()).config().operation().drainTimeout().toSeconds());
  }

  @Test
  void eachRecipeOfTheCookbookIsAValidFile() throws Exception {
    Matcher recipe = YAML.matcher(Files.readString(ROOT.resolve("docs/policies.md")));
    int count = 0;
    while (recipe.find()) {
      Path file = Files.writeString(folder.resolve("recipe.yaml"), recipe.group(1));
      assertThat(ConfigLoader.load(file, Map.of(), Map.of()).describeGiven()).isNotEmpty();
      count++;
    }
    assertThat(count).isEqualTo(6);
  }
}
