package io.heatsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Holds {@code config/schema.json}, by which editors complete and check a configuration, against
 * the table of settings. To write it anew: {@code mvn -pl proxy test -Dtest=SchemaFileTest
 * -Dheatsink.write-reference=true}.
 */
final class SchemaFileTest {

  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", ".")).resolve("../config").normalize();
  private static final Path SCHEMA = FOLDER.resolve("schema.json");

  @Test
  void theSchemaHasEverySetting() throws IOException {
    String expected =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(schema())
            + "\n";
    if (Boolean.getBoolean("heatsink.write-reference")) {
      Files.writeString(SCHEMA, expected);
    }
    assertThat(SCHEMA).hasContent(expected);
  }

  @Test
  void theSampleNamesItAndItsDefaultsFit() throws IOException {
    assertThat(Files.readAllLines(FOLDER.resolve("heatsink.yaml")).get(0))
        .isEqualTo("# yaml-language-server: $schema=schema.json");
    for (Setting<?> setting : Settings.all()) {
      JsonObject type = value(setting);
      if (type.has("pattern")) {
        String pattern = type.get("pattern").getAsString();
        assertThat(setting.example().replace("\"", "")).as(setting.key()).matches(pattern);
        if (setting.defaultText() != null) {
          assertThat(setting.defaultText()).as(setting.key()).matches(pattern);
        }
      }
    }
  }

  private static JsonObject schema() {
    JsonObject root = section("Heatsink's configuration");
    root.addProperty("$schema", "http://json-schema.org/draft-07/schema#");
    JsonObject properties = root.getAsJsonObject("properties");
    for (Setting<?> setting : Settings.all()) {
      int dot = setting.key().indexOf('.');
      JsonObject parent = properties;
      if (dot >= 0) {
        String name = setting.key().substring(0, dot);
        if (!properties.has(name)) {
          properties.add(name, section("Settings of " + name));
        }
        parent = properties.getAsJsonObject(name).getAsJsonObject("properties");
      }
      parent.add(setting.key().substring(dot + 1), value(setting));
    }
    // "backend: redis://host" is short for its url.
    JsonArray types = new JsonArray();
    types.add("object");
    types.add("string");
    properties.getAsJsonObject("backend").add("type", types);
    return root;
  }

  private static JsonObject section(String description) {
    JsonObject section = new JsonObject();
    section.addProperty("description", description);
    section.addProperty("type", "object");
    section.addProperty("additionalProperties", false);
    section.add("properties", new JsonObject());
    return section;
  }

  private static JsonObject value(Setting<?> setting) {
    JsonObject value = new JsonObject();
    String allowed = " Allowed: " + setting.allowed() + ".";
    value.addProperty("description", setting.doc() + allowed);
    if (setting.defaultText() != null) {
      value.addProperty("default", setting.defaultText());
    }
    switch (setting.unit()) {
      case "list" -> elements(value, setting);
      case "switch" -> {
        JsonArray words = new JsonArray();
        List.of("on", "off", "yes", "no").forEach(words::add);
        words.add(true);
        words.add(false);
        value.add("enum", words);
      }
      default -> scalar(value, setting.unit());
    }
    return value;
  }

  private static void scalar(JsonObject value, String unit) {
    JsonArray types = new JsonArray();
    types.add("string");
    types.add("number");
    value.add("type", types);
    String pattern =
        switch (unit) {
          case "count" -> "^-?[0-9_]+$";
          case "bytes" -> "^[0-9]+ *([bB]|[kmgtKMGT][iI]?[bB])?$";
          case "duration" -> "^(0|[0-9]+ *(us|ms|s|m|min|h|d))$";
          case "commands a second" -> "^[0-9]+(\\.[0-9]+)?( */s)?$";
          case "fraction" -> "^[0-9]+(\\.[0-9]+)?( *%| */ *[0-9]+(\\.[0-9]+)?)?$";
          default -> "";
        };
    if (!pattern.isEmpty()) {
      value.addProperty("pattern", pattern);
    }
  }

  private static void elements(JsonObject value, Setting<?> setting) {
    if (setting.form().indexOf('{') < 0) {
      value.addProperty("type", "string");
      return;
    }
    value.add("default", JsonParser.parseString("[]"));
    value.addProperty("type", "array");
    JsonObject element = section("One rule; the first whose pattern matches holds");
    String form = setting.form();
    String[] fields = form.substring(form.indexOf('{') + 1, form.indexOf('}')).split(", ", -1);
    for (String field : fields) {
      JsonObject type = new JsonObject();
      scalar(type, field.equals("shards") ? "count" : "");
      if (field.equals("replicas")) {
        type.getAsJsonArray("type").add("boolean");
      }
      element.getAsJsonObject("properties").add(field, type);
    }
    JsonArray required = new JsonArray();
    required.add("pattern");
    element.add("required", required);
    value.add("items", element);
  }
}
