package io.heatsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the files in {@code config} against the table of settings. To write {@code reference.yaml}
 * anew: {@code mvn -pl proxy test -Dtest=ReferenceFileTest -Dheatsink.write-reference=true}.
 */
final class ReferenceFileTest {

  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", ".")).resolve("../config").normalize();
  private static final Path REFERENCE = FOLDER.resolve("reference.yaml");

  @TempDir private Path folder = Path.of("");

  @Test
  void theReferenceListsEveryKeyWithUnitRangeDefaultAndExample() throws IOException {
    String expected = render();
    if (Boolean.getBoolean("heatsink.write-reference")) {
      Files.writeString(REFERENCE, expected);
    }
    assertThat(REFERENCE).hasContent(expected);
    assertThat(expected.lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void theReferenceIsAValidFileThatGivesEverySetting() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "x");
    String text =
        Files.readString(REFERENCE)
            .replace(Settings.BACKEND_PASSWORD_FILE.example(), secret.toString())
            .replace(Settings.BACKEND_SENTINEL_PASSWORD_FILE.example(), secret.toString());
    Path copy = Files.writeString(folder.resolve("reference.yaml"), text);
    LoadedConfig loaded = ConfigLoader.load(copy, Map.of(), Map.of());
    long secrets = Settings.all().stream().filter(each -> each.options().isEmpty()).count();
    assertThat(loaded.origins()).hasSize((int) (Settings.all().size() - secrets));
  }

  @Test
  void theShippedFileChangesNoDefault() throws ConfigException {
    LoadedConfig shipped = ConfigLoader.load(FOLDER.resolve("heatsink.yaml"), Map.of(), Map.of());
    assertThat(shipped.config()).isEqualTo(ConfigLoader.load(null, Map.of(), Map.of()).config());
  }

  @Test
  void namesAreUnique() {
    List<String> variables = Settings.all().stream().flatMap(s -> s.variables().stream()).toList();
    List<String> options = Settings.all().stream().flatMap(s -> s.options().stream()).toList();
    assertThat(variables).doesNotHaveDuplicates();
    assertThat(options).doesNotHaveDuplicates().doesNotContain("--config", "--help", "--version");
  }

  private static String render() {
    StringBuilder out =
        new StringBuilder(
            """
            # Every setting of Heatsink, each with an example that differs from its default.
            #
            # A key such as clients.idle-timeout is also the variable HEATSINK_CLIENTS_IDLE_TIMEOUT
            # and the option --clients-idle-timeout. An option wins over a variable, a variable over
            # the file, the file over the default. Start from heatsink.yaml, not from this file:
            # its examples are not recommendations.
            #
            # A reload (SIGHUP, or HEATSINK RELOAD) puts in force what changes by reload.
            """);
    String section = "";
    for (Setting<?> setting : Settings.all()) {
      int dot = setting.key().indexOf('.');
      String parent = dot < 0 ? "" : setting.key().substring(0, dot);
      String indent = dot < 0 ? "" : "  ";
      out.append('\n');
      if (!parent.equals(section) && dot >= 0) {
        out.append(parent).append(":\n");
      }
      section = parent;
      String unset = setting.defaultText() == null ? "none" : setting.defaultText();
      out.append(indent).append("# ").append(setting.doc()).append('\n');
      out.append(indent).append("# unit: ").append(setting.unit()).append('\n');
      out.append(indent).append("# range: ").append(setting.allowed()).append('\n');
      out.append(indent).append("# default: ").append(unset).append('\n');
      String change = setting.isLive() ? "by reload" : "by restart";
      out.append(indent).append("# change: ").append(change).append('\n');
      out.append(indent).append("# variable: ").append(setting.variables().get(0));
      out.append(setting.options().isEmpty() ? "" : "  option: " + setting.options().get(0));
      out.append('\n').append(indent).append(setting.options().isEmpty() ? "# " : "");
      out.append(setting.key().substring(dot + 1)).append(": ");
      out.append(setting.example()).append('\n');
    }
    return out.toString();
  }
}
