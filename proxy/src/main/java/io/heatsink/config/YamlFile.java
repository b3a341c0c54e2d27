package io.heatsink.config;

import io.heatsink.config.ConfigException.Fault;
import io.heatsink.config.LoadedConfig.Given;
import io.heatsink.config.LoadedConfig.Source;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One YAML file as texts by dotted key, each with its line. Types are left to {@link ValueType}:
 * {@code 64mb}, {@code on} and {@code 5/60} are texts here. Confined to one call of {@link #read}.
 */
final class YamlFile {

  static final int MAX_BYTES = 1 << 20;

  private static final int MAX_DEPTH = 8;
  private static final Set<String> ABSENT = Set.of("", "~", "null");

  private final Path file;
  private final List<Fault> faults;
  private final Map<String, Given> values = new HashMap<>();

  private YamlFile(Path file, List<Fault> faults) {
    this.file = file;
    this.faults = faults;
  }

  /** Reads the file; what is wrong with it is added to {@code faults}. */
  static Map<String, Given> read(Path file, List<Fault> faults) {
    YamlFile yaml = new YamlFile(file, faults);
    try {
      if (Files.size(file) > MAX_BYTES) {
        yaml.fault("larger than 1 MiB", "name a Heatsink configuration file");
      } else {
        yaml.parse(Files.readString(file));
      }
    } catch (NoSuchFileException e) {
      yaml.fault("no such file", "create it, or correct --config or HEATSINK_CONFIG");
    } catch (AccessDeniedException e) {
      yaml.fault("not readable", "give the user that runs Heatsink the right to read it");
    } catch (CharacterCodingException e) {
      yaml.fault("not UTF-8 text", "save it as UTF-8");
    } catch (IOException e) {
      yaml.fault("cannot be read (" + e.getMessage() + ")", "name a readable file");
    }
    return yaml.values;
  }

  private void parse(String text) {
    LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isPresent() && !isAbsent(root.get())) {
        if (root.get() instanceof MappingNode mapping) {
          flatten(mapping, "", 0);
        } else {
          fault("not a mapping of keys to values", "write lines such as 'lanes: 1'");
        }
      }
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark();
      String origin = mark.map(m -> file + ":" + (m.getLine() + 1)).orElse(file.toString());
      String column = mark.map(m -> " at column " + (m.getColumn() + 1)).orElse("");
      String problem = "not valid YAML" + column + " (" + e.getProblem() + ")";
      faults.add(new Fault(origin, "", problem, "correct that line; look for indent and quotes"));
    } catch (YamlEngineException e) {
      fault("not valid YAML (" + e.getMessage() + ")", "compare it with config/reference.yaml");
    }
  }

  private void flatten(MappingNode mapping, String prefix, int depth) {
    for (NodeTuple entry : mapping.getValue()) {
      Node value = entry.getValueNode();
      String origin = origin(entry.getKeyNode());
      if (!(entry.getKeyNode() instanceof ScalarNode name) || depth == MAX_DEPTH) {
        faults.add(new Fault(origin, prefix, "not a plain key", "compare config/reference.yaml"));
      } else if (value instanceof MappingNode section) {
        flatten(section, prefix + name.getValue() + ".", depth + 1);
      } else if (!isAbsent(value)) {
        String text = value instanceof ScalarNode scalar ? scalar.getValue() : flow(value, depth);
        put(prefix + name.getValue(), new Given(text, origin, Source.FILE));
      }
    }
  }

  private void put(String key, Given given) {
    Given earlier = values.putIfAbsent(key, given);
    if (earlier != null) {
      String problem = "given twice, first at " + earlier.origin();
      faults.add(new Fault(given.origin(), key, problem, "delete one of the two"));
    }
  }

  /** A list as the text that {@link ValueType} reads, all scalars quoted. */
  private String flow(Node node, int depth) {
    if (depth > MAX_DEPTH) {
      return "\"\"";
    }
    if (node instanceof SequenceNode list) {
      return list.getValue().stream()
          .map(element -> flow(element, depth + 1))
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (node instanceof MappingNode mapping) {
      return mapping.getValue().stream()
          .map(t -> flow(t.getKeyNode(), depth + 1) + ": " + flow(t.getValueNode(), depth + 1))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    String text = node instanceof ScalarNode scalar ? scalar.getValue() : "";
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  private static boolean isAbsent(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.getScalarStyle() == ScalarStyle.PLAIN
        && ABSENT.contains(scalar.getValue());
  }

  private String origin(Node node) {
    return node.getStartMark().map(m -> file + ":" + (m.getLine() + 1)).orElse(file.toString());
  }

  private void fault(String problem, String remedy) {
    faults.add(new Fault(file.toString(), "", problem, remedy));
  }
}
