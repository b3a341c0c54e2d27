package io.heatsink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * Manifests and chart against Kubernetes' own model, in which an unknown or misplaced field is an
 * error. The chart is rendered here, as far as its templates go; Helm need not be there.
 */
final class KubernetesTest {

  private static final Path CHART = Path.of("..", "config", "helm");
  private static final String MODELS = "io.kubernetes.client.openapi.models.V1";
  private static final Pattern ACTION = Pattern.compile("\\{\\{(-?) *(.*?) *(-?)}}");

  @TempDir private Path folder = Path.of("");

  private static List<Object> yaml(String text) {
    List<Object> all = new ArrayList<>();
    new Load(LoadSettings.builder().build()).loadAllFromString(text).forEach(all::add);
    return all;
  }

  private static void check(Object document) throws Exception {
    JsonElement json = JsonParser.parseString(new Gson().toJson(document));
    String kind = json.getAsJsonObject().get("kind").getAsString();
    try {
      Class.forName(MODELS + kind)
          .getMethod("validateJsonElement", JsonElement.class)
          .invoke(null, json);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** What Helm makes of a template that has values, quote, if, toYaml and nindent only. */
  private static String render(String template, Map<String, Object> values) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    int skipped = 0;
    int open = 0;
    Matcher action = ACTION.matcher(template);
    while (action.find()) {
      String text = template.substring(at, action.start());
      if (skipped == 0) {
        out.append(action.group(1).isEmpty() ? text : text.stripTrailing());
      }
      at = action.end();
      String what = action.group(2);
      if (what.startsWith("if ")) {
        open++;
        skipped += skipped > 0 || !isTrue(value(what.substring(3), values)) ? 1 : 0;
      } else if (what.equals("end")) {
        open--;
        skipped -= skipped > 0 ? 1 : 0;
      } else if (skipped == 0) {
        out.append(evaluate(what, values));
      }
    }
    assertThat(open).isZero();
    return out.append(template.substring(at)).toString();
  }

  private static String evaluate(String what, Map<String, Object> values) {
    String[] parts = what.split(" *\\| *", -1);
    boolean isYaml = parts[0].startsWith("toYaml ");
    Object value = value(isYaml ? parts[0].substring("toYaml ".length()) : parts[0], values);
    String text = isYaml ? dumped(value) : value.toString();
    for (String filter : List.of(parts).subList(1, parts.length)) {
      if (filter.equals("quote")) {
        text = '"' + text + '"';
      } else if (filter.startsWith("nindent ")) {
        String indent = " ".repeat(Integer.parseInt(filter.substring("nindent ".length())));
        text = "\n" + text.indent(indent.length()).stripTrailing();
      } else {
        throw new IllegalArgumentException(what);
      }
    }
    return text;
  }

  private static String dumped(Object value) {
    DumpSettings block = DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
    return new Dump(block).dumpToString(value).stripTrailing();
  }

  private static Object value(String path, Map<String, Object> values) {
    Object found = values;
    for (String step : path.substring(1).split("\\.", -1)) {
      found = Objects.requireNonNull(((Map<?, ?>) found).get(step), path);
    }
    return found;
  }

  private static boolean isTrue(Object value) {
    return !List.of("", List.of(), Map.of(), 0, false).contains(value);
  }

  private static Map<String, Object> values() throws IOException {
    Object defaults = yaml(Files.readString(CHART.resolve("values.yaml"))).get(0);
    Map<String, Object> values = new HashMap<>();
    ((Map<?, ?>) defaults).forEach((key, value) -> values.put(key.toString(), value));
    return values;
  }

  private static List<Object> chart(Map<String, Object> values) throws IOException {
    Map<String, Object> all = Map.of("Values", values, "Release", Map.of("Name", "shop"));
    List<Object> documents = new ArrayList<>();
    try (Stream<Path> templates = Files.list(CHART.resolve("templates"))) {
      for (Path template : templates.sorted().toList()) {
        documents.addAll(yaml(render(Files.readString(template), all)));
      }
    }
    return documents;
  }

  @Test
  void theSidecarsManifests() throws Exception {
    Path file = Path.of("..", "config", "kubernetes", "sidecar.yaml");
    for (Object document : yaml(Files.readString(file))) {
      check(document);
    }
  }

  @Test
  void aFieldThatKubernetesDoesNotHaveIsSeen() throws Exception {
    Path file = Path.of("..", "config", "kubernetes", "sidecar.yaml");
    String wrong = Files.readString(file).replace("readinessProbe", "readyProbe");
    assertThatThrownBy(() -> check(yaml(wrong).get(1))).hasMessageContaining("readyProbe");
  }

  @Test
  void theChartAsItIs() throws Exception {
    List<Object> documents = chart(values());
    assertThat(documents).hasSize(4);
    for (Object document : documents) {
      check(document);
    }
    Map<?, ?> data = (Map<?, ?>) value(".data", asMap(documents.get(0)));
    Path file = folder.resolve("heatsink.yaml");
    Files.writeString(file, Objects.requireNonNull(data.get("heatsink.yaml")).toString());
    Map<String, String> environment =
        Map.of(
            "HEATSINK_LISTEN", "*:6380", "HEATSINK_ADMIN", "*:9180", "HEATSINK_ADMIN_OPEN", "on");
    assertThat(ConfigLoader.load(file, environment, Map.of()).config().backend().host())
        .isEqualTo("redis");
  }

  @Test
  void theChartWithEverythingSet() throws Exception {
    Map<String, Object> values = values();
    values.put("passwordSecret", "redis");
    values.put("env", List.of(Map.of("name", "HEATSINK_JAVA_OPTS", "value", "-Xmx256m")));
    values.put("clients", Map.of("app", "shop"));
    values.put("tolerations", List.of(Map.of("key", "k", "operator", "Exists")));
    List<Object> documents = chart(values);
    for (Object document : documents) {
      check(document);
    }
    assertThat(documents.get(1).toString()).contains("-Xmx256m", "/run/secrets/redis/password");
  }

  private static Map<String, Object> asMap(Object document) {
    Map<String, Object> map = new HashMap<>();
    ((Map<?, ?>) document).forEach((key, value) -> map.put(key.toString(), value));
    return map;
  }
}
