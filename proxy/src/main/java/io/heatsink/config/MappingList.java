package io.heatsink.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** Reads the text of a setting that is a YAML list of mappings, their values texts. */
final class MappingList {

  static final int MAX_ELEMENTS = 1000;

  private static final String NONE = "[]";

  private MappingList() {}

  /**
   * Reads the list; an {@link IllegalArgumentException} names the element and what is wrong.
   *
   * @param fields those that an element may have
   * @param element makes one of its fields, or says what is wrong with them in the same way
   */
  static <T> List<T> parse(
      String text, List<String> fields, Function<Map<String, String>, T> element) {
    if (text.equals(NONE)) {
      // The default must not load a parser of YAML at every start.
      return List.of();
    }
    List<T> elements = new ArrayList<>();
    for (Object node : list(text)) {
      try {
        elements.add(element.apply(mapping(node, fields)));
      } catch (IllegalArgumentException e) {
        String where = "element " + (elements.size() + 1) + ": ";
        throw new IllegalArgumentException(where + e.getMessage(), e);
      }
    }
    return List.copyOf(elements);
  }

  private static List<?> list(String text) {
    Object tree;
    try {
      tree =
          new Load(LoadSettings.builder().setSchema(new FailsafeSchema()).build())
              .loadFromString(text);
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException("not a YAML list", e);
    }
    if (!(tree instanceof List<?> list)) {
      throw new IllegalArgumentException("not a list");
    }
    if (list.size() > MAX_ELEMENTS) {
      throw new IllegalArgumentException("more than " + MAX_ELEMENTS + " elements");
    }
    return list;
  }

  private static Map<String, String> mapping(Object node, List<String> fields) {
    if (!(node instanceof Map<?, ?> mapping)) {
      throw new IllegalArgumentException("not a mapping with " + String.join(", ", fields));
    }
    Map<String, String> texts = new HashMap<>();
    for (Map.Entry<?, ?> field : mapping.entrySet()) {
      String name = String.valueOf(field.getKey());
      if (!fields.contains(name)) {
        throw new IllegalArgumentException("unknown field " + name);
      }
      if (field.getValue() != null) {
        texts.put(name, String.valueOf(field.getValue()));
      }
    }
    return texts;
  }

  /** The pattern that each element must have. */
  static String pattern(Map<String, String> fields) {
    String pattern = fields.getOrDefault("pattern", "");
    if (pattern.isEmpty()) {
      throw new IllegalArgumentException("the pattern is missing");
    }
    return pattern;
  }
}
